import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { readConfig } from './config.js';
import { createEngine } from './engine.js';
import { channelDescriptor } from './isolation/engine-child.js';
import { EngineChannel } from './isolation/serve-engine.js';

// The process of an engine: does what the server at the other end of its channel asks for, and ends with it.
process.title = 'visiond engine';
const socket = new Socket({ fd: channelDescriptor });
const channel = new EngineChannel(socket);
preferToBeKilled();
const engine = createEngine(readConfig({}, process.env), channel.log, channel.troubles, (job, seconds) =>
  channel.send({ $case: 'stuck', value: { job, seconds } }),
);
socket.once('close', () => void engine.close().then(() => process.exit(0)));
channel.serve(engine, (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

/** If memory runs out, the system should end this process and not the server. */
function preferToBeKilled(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // Not on every system.
  }
}
