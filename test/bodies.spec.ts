import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { BatchAnalyzeRequest } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { framed } from './grpc-frame.js';
import { openCall, statusOf } from './http2-call.js';
import { addPath, analyzePath, startNetwork, type TestNetwork } from './network.js';

const megabyte = 1 << 20;
const restPath = '/vision/v1/batchAnalyze';
const opened: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function start(...args: Parameters<typeof startNetwork>): Promise<TestNetwork> {
  const running = await startNetwork(...args);
  opened.push(() => running.close());
  return running;
}

function raw({ port }: TestNetwork): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  opened.push(() => socket.destroy());
  return socket;
}

function http2({ origin }: TestNetwork): ClientHttp2Session {
  const session = connectHttp2(origin);
  session.on('error', () => {});
  opened.push(() => session.destroy());
  return session;
}

/** The first answer that a connection gets: its status and its text. */
async function answerOf(socket: Socket): Promise<{ status: number; text: string }> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await expect.poll(() => text, { timeout: 20_000 }).toMatch(/\}\n$/);
  return { status: Number(text.slice(9, 12)), text };
}

/** Writes bytes in pieces, each when there is room for it, until a client has written them all or its server is gone. */
async function writeAll(to: NodeJS.WritableStream, bytes: number): Promise<void> {
  const piece = Buffer.alloc(megabyte, ' ');
  to.setMaxListeners(0);
  for (let left = bytes; left > 0; left -= piece.length) {
    if (!to.writable) return;
    if (to.write(piece.subarray(0, left))) continue;
    await Promise.race([once(to, 'drain'), once(to, 'close')]).catch(() => {});
  }
}

/** Bytes in buffers outside the heap, of the server and of the test. */
const held = (): number => process.memoryUsage().arrayBuffers;

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** A protobuf field of this many bytes, without its content: folder_id of BatchAnalyze. */
function fieldHead(bytes: number): Buffer {
  const head = [0x12];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 128)) head.push((rest % 128) | (rest >= 128 ? 128 : 0));
  return Buffer.from(head);
}

/** The beginning of a gRPC frame. */
function frameHead(bytes: number, compressed = false): Buffer {
  const head = Buffer.from([Number(compressed), 0, 0, 0, 0]);
  head.writeUInt32BE(bytes, 1);
  return head;
}

describe('twelve bodies of 100 MB without their last byte', () => {
  const size = 100 * megabyte;
  const room = 512 * megabyte;
  const intake = { maxWaitSeconds: 1, pace: { silenceMs: 1500, tickMs: 50 } };

  it('hold no more than the room over REST, do not stop others, and give all of it back', async () => {
    const running = await start({}, intake);
    const { room: bodies } = running.options.intake;
    const before = held();
    const sockets = Array.from({ length: 12 }, () => raw(running));
    const answers = sockets.map(answerOf);
    for (const socket of sockets) {
      socket.write(`POST ${restPath} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`);
      void writeAll(socket, size - 1);
    }
    await expect.poll(() => bodies.inFlightBytes).toBe(3 * size);
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, held() - before)), 20);
    const small = await fetch(running.origin + restPath, {
      method: 'POST',
      body: `{"folderId":"${'f'.repeat(300_000)}"}`,
    });
    expect(small.status).toBe(200);
    expect(bodies.inFlightBytes).toBe(3 * size);
    const refused = await Promise.all(answers);
    clearInterval(watching);
    expect(refused.filter(({ text }) => text.includes('BODIES_FULL'))).toHaveLength(9);
    expect(refused.filter(({ text }) => text.includes('no byte for 1.5 s'))).toHaveLength(3);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503, 504]));
    expect(refused.find(({ status }) => status === 503)?.text).toMatch(/\r\nretry-after: 5\r\n[^]*RetryInfo/i);
    expect(most).toBeLessThan(room);
    expect(bodies.inFlightBytes).toBe(0);
    const left = (): number => {
      if (typeof collectGarbage === 'function') collectGarbage();
      return held() - before;
    };
    await expect.poll(left).toBeLessThan(80 * megabyte);
  });

  it('do neither over gRPC', async () => {
    const running = await start({}, intake);
    const { room: bodies } = running.options.intake;
    const before = held();
    // No message may be larger.
    const length = 80 * megabyte;
    const calls = Array.from({ length: 12 }, () => openCall(http2(running), analyzePath));
    const ended = calls.map(statusOf);
    for (const call of calls) {
      call.write(frameHead(length));
      void writeAll(call, length - 1);
    }
    await expect.poll(() => bodies.inFlightBytes).toBe(4 * length);
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, held() - before)), 20);
    const small = openCall(http2(running), analyzePath);
    small.end(framed(Buffer.concat([fieldHead(300_000), Buffer.alloc(300_000, 'f')])));
    expect((await statusOf(small)).code).toBe('0');
    const statuses = await Promise.all(ended);
    clearInterval(watching);
    expect(statuses.filter(({ code }) => code === '14')).toHaveLength(8);
    expect(statuses.filter(({ code, message }) => code === '4' && message.includes('no byte for'))).toHaveLength(4);
    expect(most).toBeLessThan(room);
    expect(bodies.inFlightBytes).toBe(0);
  });
});

describe('the room of a gRPC call', () => {
  it('is that of the decompressed message, and given back with the answer', async () => {
    let inside = 0;
    const running = await start({
      async analyze() {
        inside = running.options.intake.room.inFlightBytes;
        return { results: [] };
      },
    });
    const text = Buffer.alloc(3 * megabyte, 'f');
    const packed = gzipSync(Buffer.concat([fieldHead(text.length), text]), { level: 0 });
    const call = openCall(http2(running), analyzePath, { 'grpc-encoding': 'gzip' });
    call.end(Buffer.concat([frameHead(packed.length, true), packed]));
    expect((await statusOf(call)).code).toBe('0');
    expect(inside).toBe(text.length + fieldHead(text.length).length);
    expect(running.options.intake.room.inFlightBytes).toBe(0);
  });

  it('is refused where there is none for the decompressed message', async () => {
    const running = await start({}, { bodyBytes: 8 * megabyte, maxWaitSeconds: 0.1 });
    const { room } = running.options.intake;
    const release = await room.take(4 * megabyte, new AbortController().signal);
    const packed = gzipSync(Buffer.alloc(2 * megabyte, 'f'), { level: 0 });
    const call = openCall(http2(running), analyzePath, { 'grpc-encoding': 'gzip' });
    call.end(Buffer.concat([frameHead(packed.length, true), packed]));
    expect(await statusOf(call)).toEqual({ code: '14', message: expect.stringContaining('no memory for more') });
    release();
    expect(room.inFlightBytes).toBe(0);
  });

  it('is waited for, and then the message is read whole', async () => {
    let received = 0;
    const running = await start(
      {
        async analyze(_context, bytes) {
          received = bytes;
          return { results: [] };
        },
      },
      { bodyBytes: 64 * megabyte, pace: { silenceMs: 100, tickMs: 10 } },
    );
    const { room } = running.options.intake;
    const release = await room.take(40 * megabyte, new AbortController().signal);
    const call = openCall(http2(running), analyzePath);
    const ended = statusOf(call);
    const content = Buffer.alloc(3 * megabyte, 'c');
    const spec = { source: { $case: 'content', value: content } as const, features: [], mimeType: '' };
    call.end(framed(BatchAnalyzeRequest.encode({ analyzeSpecs: [spec], folderId: '' }).finish()));
    // Longer than a client may be silent.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(received).toBe(0);
    release();
    expect((await ended).code).toBe('0');
    expect([received, room.inFlightBytes]).toEqual([content.length, 0]);
  });

  it('is given back when the client goes away in the middle', async () => {
    const running = await start();
    const { room } = running.options.intake;
    const session = http2(running);
    const call = openCall(session, analyzePath);
    call.write(frameHead(10 * megabyte));
    await expect.poll(() => room.inFlightBytes).toBe(10 * megabyte);
    call.write(Buffer.alloc(megabyte));
    call.close(8);
    await expect.poll(() => room.inFlightBytes).toBe(0);
    const answered = openCall(session, analyzePath);
    answered.end(framed(Buffer.alloc(0)));
    expect((await statusOf(answered)).code).toBe('0');
  });

  it('is taken by small messages too, of which one connection has many', async () => {
    const running = await start();
    const { room } = running.options.intake;
    const session = http2(running);
    const calls = Array.from({ length: 100 }, () => openCall(session, analyzePath));
    const ended = calls.map(statusOf);
    const [tiny, small] = [4 << 10, 60 << 10];
    calls.forEach((call, at) => call.write(frameHead(at < 10 ? tiny : small)));
    await expect.poll(() => room.inFlightBytes).toBe(90 * small);
    for (const call of calls) call.close(8);
    await Promise.all(ended);
    await expect.poll(() => room.inFlightBytes).toBe(0);
  });

  it('is given back message by message in a stream', async () => {
    const seen: number[] = [];
    const running = await start({
      async add(items) {
        for await (const item of items) {
          seen.push(running.options.intake.room.inFlightBytes);
          item.done();
        }
      },
    });
    const call = openCall(http2(running), addPath);
    const ended = statusOf(call);
    // A message that is all one unknown field.
    const message = Buffer.concat([Buffer.from([0x7a]), fieldHead(megabyte).subarray(1), Buffer.alloc(megabyte)]);
    for (let count = 0; count < 20; count++) call.write(framed(message));
    call.end();
    expect((await ended).code).toBe('0');
    // The next one or two may have arrived.
    expect(seen).toHaveLength(20);
    expect(Math.max(...seen)).toBeLessThan(4 * megabyte);
    expect(running.options.intake.room.inFlightBytes).toBe(0);
  });
});

describe('bodies over gRPC', () => {
  it('end when the connection of their client is closed', async () => {
    const running = await start({
      async add(items) {
        for await (const item of items) item.done();
      },
    });
    const { running: calls } = running.options.intake;
    const session = http2(running);
    for (let count = 0; count < 5; count++) openCall(session, addPath).write(framed(Buffer.alloc(0)));
    await expect.poll(() => calls.count).toBe(5);
    session.destroy();
    await expect.poll(() => calls.count).toBe(0);
  });

  it('may not trickle', async () => {
    const running = await start({}, { pace: { startMs: 300, minRate: 1000, tickMs: 20 } });
    const call = openCall(http2(running), analyzePath);
    call.write(frameHead(1000));
    const trickle = setInterval(() => call.write('f'), 10);
    expect(await statusOf(call)).toEqual({
      code: '4',
      message: 'The request body arrives too slowly: less than 1000 bytes per second on average',
    });
    clearInterval(trickle);
  });

  it('may pause between the messages of a stream, but not for ever', async () => {
    const messages: unknown[] = [];
    const running = await start(
      {
        async add(items) {
          for await (const item of items) messages.push(item);
        },
      },
      { pace: { silenceMs: 100, pauseMs: 500, tickMs: 20 } },
    );
    const call = openCall(http2(running), addPath);
    const ended = statusOf(call);
    for (let count = 0; count < 3; count++) {
      call.write(framed(Buffer.alloc(0)));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(messages).toHaveLength(3);
    expect(await ended).toEqual({ code: '4', message: 'The request body arrives too slowly: no byte for 0.5 s' });
  });

  it('hold little while nobody reads them', async () => {
    const running = await start({ add: () => new Promise(() => {}) }, { bodyBytes: 64 * megabyte });
    const calls = Array.from({ length: 12 }, () => openCall(http2(running), addPath));
    const ended = calls.map(statusOf);
    for (const call of calls) void writeAll(call, 16 * megabyte);
    const first = await Promise.race(ended);
    expect(first).toEqual({ code: '14', message: expect.stringContaining('no memory for more') });
    running.network.cut();
  });
});
