import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { readConfig } from './config.js';
import { createEngine } from './engine.js';
import { openEngineSocket } from './isolation/engine-socket.js';

// The process of an engine: does what the server at the other end of its socket asks for, and ends with it.
process.title = 'visiond engine';
// They are for the server, which lets running calls finish: Ctrl-C and service managers send them to all processes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
preferToBeKilled();
// The heap that this process starts with is for the images on their way here. Threads start with a small one.
setFlagsFromString('--initial-heap-size=0');
const socket = openEngineSocket();
const { channel } = socket;
socket.serve(
  createEngine(readConfig({}, process.env), channel.log, channel.troubles, (job, seconds) =>
    channel.send({ $case: 'stuck', value: { job, seconds } }),
  ),
);

/** If memory runs out, the system should end this process and not the server. */
function preferToBeKilled(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // Not on every system.
  }
}
