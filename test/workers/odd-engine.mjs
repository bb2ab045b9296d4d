// The process of an engine that misbehaves in the way that the name of its data folder says.
import { existsSync, writeFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { openEngineSocket } from '../../dist/server/isolation/engine-socket.js';

const socket = openEngineSocket();
const { channel } = socket;
const status = {
  residentBytes: 1,
  busyThreads: 0,
  idleThreads: 0,
  stoppedThreads: 0,
  readyModels: 0,
  unusableModels: 0,
  indexImages: 0,
  indexMemoryBytes: 0,
};
const file = process.env.VISIOND_DATA_DIR ?? '';
const behaviors = {
  starts_once() {
    process.abort();
  },
  stuck() {
    channel.send({ $case: 'stuck', value: { job: 'readLines', seconds: 35 } });
    return new Promise(() => {});
  },
  garbage() {
    writeSync(3, Buffer.alloc(100, 0xff));
    return new Promise(() => {});
  },
  last_words() {
    process.stderr.write('the library says goodbye\n');
    setTimeout(() => process.abort(), 100);
    return new Promise(() => {});
  },
};
const name = basename(file);
const call = behaviors[name];
const ready = async () => {
  if (name !== 'starts_once') return;
  // The file is there from the second start on.
  if (existsSync(file)) throw new Error('no more');
  writeFileSync(file, '');
};
socket.serve({ call, analyze: call, ready, status: () => status, close: async () => {} }, () => process.exit(1));
