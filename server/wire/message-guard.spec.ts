import { randomBytes } from 'node:crypto';
import { connect } from 'node:http2';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { BoundStreamMethod } from '../pipeline/stream-call.js';
import { createGrpcServer } from './grpc-server.js';

const megabyte = 1 << 20;
const path = '/test.Upload/Stream';
const streams = 150;
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
  const method: BoundStreamMethod = {
    path,
    limits: { messageBytes: megabyte, jsonBytes: 0 },
    async call(_incoming, messages) {
      for await (const message of messages) {
        taken += message.length;
        await mayGoOn;
      }
      return { headers: {}, response: Buffer.alloc(0) };
    },
  };
  const grpc = createGrpcServer([], [method], { maxConnectionAgeSeconds: 0 });
  const server = createServer((socket) => grpc.injector.injectConnection(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const session = connect(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  const frames = Buffer.concat(Array.from({ length: messagesPerStream }, frame));
  const before = process.memoryUsage().arrayBuffers;
  const headers = {
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    'grpc-encoding': 'gzip',
    te: 'trailers',
  };
  const ended = Array.from({ length: streams }, () => {
    const stream = session.request(headers);
    stream.resume();
    stream.end(frames);
    return new Promise((resolve) => stream.once('close', resolve));
  });
  // One message of each stream was taken, and those behind it wait.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const held = process.memoryUsage().arrayBuffers - before;
  goOn();
  await Promise.all(ended);
  session.destroy();
  server.close();
  expect(taken).toBe(streams * messagesPerStream * messageBytes);
  // All of them are 200 MB, two of each stream 28.
  expect(held).toBeLessThan(100 * megabyte);
}, 30_000);
