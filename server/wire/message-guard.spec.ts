import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createIntake } from '../pipeline/intake.js';
import type { BoundStreamMethod } from '../pipeline/stream-call.js';
import { silentLog } from '../telemetry/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { createGrpcServer } from './grpc-server.js';

const reporting = { log: silentLog, metrics: new Metrics({ version: '', byFolder: false }) };
const megabyte = 1 << 20;
const path = '/test.Upload/Stream';
const streams = 150;
const connections = 2;
const messagesPerStream = 15;
const messageBytes = 95_000;

/** A compressed gRPC message of a kilobyte that grows to 95 KB. */
function frame(): Buffer {
  const message = gzipSync(Buffer.concat([randomBytes(950), Buffer.alloc(messageBytes - 950)]));
  const head = Buffer.from([1, 0, 0, 0, 0]);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

it('decompresses no message of a stream before the one ahead of it was taken', async () => {
  let goOn = (): void => {};
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
  let taken = 0;
  let first = (): void => {};
  const firstOfAll = new Promise<void>((resolve) => (first = resolve));
  const method: BoundStreamMethod = {
    path,
    limits: { messageBytes: megabyte, jsonBytes: 0 },
    async call(_incoming, messages) {
      for await (const { bytes, done } of messages) {
        taken += bytes.length;
        if (taken === streams * messageBytes) first();
        await mayGoOn;
        done();
      }
      return { headers: {}, response: Buffer.alloc(0) };
    },
  };
  const grpc = createGrpcServer([], [method], { maxConnectionAgeSeconds: 0, intake: createIntake(), ...reporting });
  const server = createServer((socket) => grpc.injector.injectConnection(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const sessions = Array.from({ length: connections }, () => connect(origin));
  const frames = Buffer.concat(Array.from({ length: messagesPerStream }, frame));
  const before = process.memoryUsage().arrayBuffers;
  const headers = {
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    'grpc-encoding': 'gzip',
    te: 'trailers',
  };
  const sent: Array<Promise<unknown>> = [];
  const ended: Array<Promise<unknown>> = [];
  for (const session of sessions) {
    for (let count = 0; count < streams / connections; count++) {
      const stream = session.request(headers);
      sent.push(once(stream, 'finish'));
      ended.push(once(stream, 'close'));
      stream.resume();
      stream.end(frames);
    }
  }
  // One message of each stream was taken, and those behind it wait: all have come when the server answers a ping, and
  // whatever it decompresses then is done when a thread has time for more.
  await Promise.all([firstOfAll, ...sent]);
  for (const session of sessions) await promisify(session.ping.bind(session))();
  await Promise.all(Array.from({ length: 8 }, () => promisify(gunzip)(gzipSync('x'))));
  const held = process.memoryUsage().arrayBuffers - before;
  goOn();
  await Promise.all(ended);
  for (const session of sessions) session.destroy();
  server.close();
  expect(taken).toBe(streams * messagesPerStream * messageBytes);
  // All of them are 200 MB, two of each stream 28.
  expect(held).toBeLessThan(100 * megabyte);
}, 30_000);
