import { isMainThread } from 'node:worker_threads';

/**
 * onnxruntime 1.30 reports to its vendor (device id, processor, names of graphs, number of runs) unless this variable
 * is set when its library is loaded. It reads the environment of the process, which only the main thread can change:
 * `process.env` of a worker is a copy. So every module that loads onnxruntime, or starts a worker that does, imports this
 * one first, and a thread that was started without it throws. This overrides what the operator's environment says.
 */
const variable = 'ORT_DISABLE_TELEMETRY';

if (isMainThread) process.env[variable] = '1';
else if (process.env[variable] !== '1') {
  throw new Error(
    `The main thread has not set ${variable}: it must import server/threads/disable-telemetry.ts before it starts a thread`,
  );
}
