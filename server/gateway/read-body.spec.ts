import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VisionError } from '../errors/errors.js';
import { BodyRoom, BodyShare } from '../pipeline/body-room.js';
import { BodyWatch, type Pace } from '../pipeline/body-watch.js';
import { createBodyReader, type BodyRules, type ReadBody } from './read-body.js';

const kilobyte = 1 << 10;
const megabyte = 1 << 20;
let server: Server;
/** The requests that came, in their order. */
let incoming: AsyncIterator<IncomingMessage[]>;

beforeEach(async () => {
  server = createServer();
  incoming = iterate(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function* iterate(of: Server): AsyncGenerator<IncomingMessage[]> {
  for (;;) yield await once(of, 'request');
}

/** Opens a request whose body the test writes. */
async function open(
  headers: Readonly<Record<string, string | number>> = {},
): Promise<[ClientRequest, IncomingMessage]> {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const arrives = incoming.next();
  const client = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers });
  // A body that is refused on its way ends in a connection that breaks.
  client.on('error', () => {});
  client.flushHeaders();
  const { value }: IteratorResult<IncomingMessage[]> = await arrives;
  const [request] = value ?? [];
  if (request === undefined) throw new Error('no request came');
  return [client, request];
}

const createReader = (pace: Partial<Pace> = {}): ReadBody => createBodyReader(new BodyWatch(pace));

/** Rules for a body that has its limit, and all the memory that it needs unless a room is given. */
function within(limit: number, room = new BodyRoom({ bytes: 2 ** 40, maxWaitSeconds: 10 })): BodyRules {
  return { limit, share: new BodyShare(room), signal: new AbortController().signal };
}

interface Sent {
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly limit?: number;
  readonly read?: ReadBody;
}

/** Sends a body and reads it. */
async function receive(body: Buffer, { headers = {}, limit = megabyte, read = createReader() }: Sent = {}) {
  const [client, request] = await open(headers);
  client.end(body);
  return read(request, within(limit), (bytes) => Buffer.from(bytes));
}

const refused = (reason: string, text: string) =>
  expect.objectContaining({ reason, message: expect.stringContaining(text) });

describe('a body', () => {
  it.each([0, 1, 64 * kilobyte, 64 * kilobyte + 1, megabyte])(
    'of %i bytes is read whole, announced or not',
    async (bytes) => {
      const body = randomBytes(bytes);
      expect((await receive(body, { headers: { 'content-length': bytes } })).equals(body)).toBe(true);
      expect((await receive(body, { headers: { 'transfer-encoding': 'chunked' } })).equals(body)).toBe(true);
    },
  );

  it('is refused by its announced length before any of it comes', async () => {
    const [, request] = await open({ 'content-length': 101 });
    const reading = createReader()(request, within(100), () => 'used');
    await expect(reading).rejects.toEqual(refused('BODY_TOO_LARGE', 'exceeds 100 bytes'));
  });

  it('is refused as soon as more than the limit has come', async () => {
    const [client, request] = await open();
    const limit = 100 * kilobyte;
    client.write(Buffer.alloc(limit + 1));
    // It never ends.
    const reading = createReader()(request, within(limit), () => 'used');
    await expect(reading).rejects.toEqual(refused('BODY_TOO_LARGE', `exceeds ${limit} bytes`));
    expect(await receive(Buffer.alloc(limit), { limit })).toHaveLength(limit);
  });

  it.each([{}, { 'content-encoding': 'gzip' }])('is refused where it ends early, with %j', async (headers) => {
    const [client, request] = await open({ ...headers, 'content-length': 100 });
    client.write(gzipSync(randomBytes(kilobyte)).subarray(0, 50));
    const reading = createReader()(request, within(megabyte), () => 'used');
    client.destroy();
    await expect(reading).rejects.toEqual(refused('MALFORMED_BODY', 'The request body cannot be read: '));
  });

  it('fails as its user does', async () => {
    const [client, request] = await open();
    client.end('body');
    const reading = createReader()(request, within(megabyte), (body): string => {
      throw VisionError.malformedJson('X', '', body.toString());
    });
    await expect(reading).rejects.toEqual(refused('MALFORMED_JSON', 'X: body'));
  });
});

describe('a compressed body', () => {
  /** Shrinks to half, as the JSON of an image does at best. */
  const text = Buffer.from(randomBytes(100 * kilobyte).toString('hex'));

  it.each([
    ['gzip', gzipSync(text)],
    ['GZip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', text],
  ])('is decompressed from %s', async (encoding, body) => {
    const received = await receive(body, { headers: { 'content-encoding': encoding }, limit: text.length });
    expect(received.equals(text)).toBe(true);
  });

  it.each(['zstd', 'gzip, br', 'constructor', ''])('is refused with the encoding %j', async (encoding) => {
    await expect(receive(text, { headers: { 'content-encoding': encoding } })).rejects.toEqual(
      refused('MALFORMED_HEADER', 'content-encoding: must be one of identity, gzip, deflate, br'),
    );
  });

  it.each([
    ['is none', text, 'incorrect header check'],
    ['ends early', gzipSync(text).subarray(0, -20), 'unexpected end of file'],
  ])('is refused where it %s', async (_, body, problem) => {
    await expect(receive(body, { headers: { 'content-encoding': 'gzip' } })).rejects.toEqual(
      refused('MALFORMED_BODY', problem),
    );
  });

  it('is refused where it is larger than the limit once it is decompressed', async () => {
    await expect(
      receive(gzipSync(text), { headers: { 'content-encoding': 'gzip' }, limit: text.length - 1 }),
    ).rejects.toEqual(refused('BODY_TOO_LARGE', `exceeds ${text.length - 1} bytes`));
  });

  it('may grow a hundred times, and small ones to 64 KB', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const small = Buffer.alloc(64 * kilobyte);
    expect((await receive(gzipSync(small), { headers })).equals(small)).toBe(true);
    await expect(receive(gzipSync(Buffer.alloc(megabyte)), { headers })).rejects.toEqual(
      refused('MALFORMED_BODY', 'it decompresses to more than 100 times its size'),
    );
  });
});

describe('what is left of a refused body', () => {
  it.each([
    ['plain', undefined, Buffer.alloc(32 * megabyte)],
    ['compressed', 'gzip', gzipSync(randomBytes(32 * megabyte))],
  ])('stays unread: %s', async (_, encoding, body) => {
    const [client, request] = await open(encoding === undefined ? {} : { 'content-encoding': encoding });
    client.end(body);
    await expect(createReader()(request, within(100 * kilobyte), () => 'used')).rejects.toEqual(
      refused('BODY_TOO_LARGE', ''),
    );
    expect(request.isPaused()).toBe(true);
    const { bytesRead } = request.socket;
    expect(bytesRead).toBeLessThan(16 * megabyte);
    // What another request takes is time enough for this one to go on.
    await receive(Buffer.alloc(megabyte));
    expect(request.socket.bytesRead - bytesRead).toBeLessThan(megabyte);
  });
});

describe('the memory of bodies', () => {
  /** Reads a body and gives the buffer that it was in. */
  const buffersOf = async (read: ReadBody, bytes: number): Promise<ArrayBufferLike> => {
    const [client, request] = await open({ 'content-length': bytes });
    client.end(Buffer.alloc(bytes));
    return read(request, within(32 * megabyte), ({ buffer }) => buffer);
  };

  it('is used again by the next one', async () => {
    const read = createReader();
    const first = await buffersOf(read, megabyte);
    expect(await buffersOf(read, 10)).toBe(first);
    expect(await buffersOf(read, megabyte)).toBe(first);
    const larger = await buffersOf(read, megabyte + 1);
    expect(larger).not.toBe(first);
    expect(await buffersOf(read, megabyte)).toBe(larger);
  });

  it('is used again after a body whose user failed', async () => {
    const read = createReader();
    const buffers: ArrayBufferLike[] = [];
    for (const end of ['fails', 'works']) {
      const [client, request] = await open();
      client.end(end);
      const reading = read(request, within(megabyte), (body) => {
        buffers.push(body.buffer);
        if (body.toString() === 'fails') throw new Error('no');
      });
      await reading.catch(() => {});
    }
    expect(buffers).toHaveLength(2);
    expect(buffers[1]).toBe(buffers[0]);
  });

  it('is not shared by two that come at a time', async () => {
    const read = createReader();
    await buffersOf(read, megabyte);
    const [one, two] = [await open(), await open()];
    const readings = [one, two].map(([, request]) => read(request, within(megabyte), (body) => body));
    one[0].write('o');
    two[0].write('t');
    one[0].end('ne');
    two[0].end('wo');
    expect((await Promise.all(readings)).map(String)).toEqual(['one', 'two']);
  });

  it('is not kept where it is more than 16 MB', async () => {
    const read = createReader();
    const first = await buffersOf(read, 17 * megabyte);
    expect(await buffersOf(read, 10)).not.toBe(first);
  });

  it('is set aside for 16 MB at most before they come', async () => {
    const [client, request] = await open({ 'content-length': 512 * megabyte });
    const before = process.memoryUsage().arrayBuffers;
    const reading = createReader()(request, within(1024 * megabyte), () => 'used');
    const aside = process.memoryUsage().arrayBuffers - before;
    client.destroy();
    await expect(reading).rejects.toEqual(refused('MALFORMED_BODY', ''));
    expect(aside).toBeLessThanOrEqual(17 * megabyte);
  });
});

describe('a slow body', () => {
  it('is given up after a silence, however much came before', async () => {
    const [client, request] = await open({ 'content-length': megabyte });
    client.write(Buffer.alloc(megabyte - 1));
    const reading = createReader({ silenceMs: 100, tickMs: 10 })(request, within(megabyte), () => 'used');
    await expect(reading).rejects.toEqual(refused('BODY_TOO_SLOW', 'arrives too slowly: no byte for 0.1 s'));
  });

  it('is given up when it trickles', async () => {
    const [client, request] = await open();
    const trickle = setInterval(() => client.write('x'), 5);
    const pace = { silenceMs: 10_000, startMs: 200, minRate: 1000, tickMs: 10 };
    const reading = createReader(pace)(request, within(megabyte), () => 'used');
    await expect(reading).rejects.toEqual(refused('BODY_TOO_SLOW', 'less than 1000 bytes per second on average'));
    clearInterval(trickle);
  });
});

describe('the room of bodies', () => {
  /** Takes all of it. */
  async function full(bytes: number): Promise<{ room: BodyRoom; leave: () => void }> {
    const room = new BodyRoom({ bytes, maxWaitSeconds: 0.1 });
    const { signal } = new AbortController();
    const releases = await Promise.all([room.take(bytes, signal), room.take(bytes / 4, signal)]);
    return { room, leave: () => releases.forEach((release) => release()) };
  }

  it.each([{ 'content-length': megabyte }, { 'transfer-encoding': 'chunked' }])(
    'refuses a body that it has no memory for, with %j',
    async (headers) => {
      const { room } = await full(4 * megabyte);
      const [client, request] = await open(headers);
      client.end(Buffer.alloc(megabyte));
      const reading = createReader()(request, within(megabyte, room), () => 'used');
      await expect(reading).rejects.toEqual(refused('BODIES_FULL', 'no memory for more request bodies'));
      expect(request.socket.bytesRead).toBeLessThan(megabyte / 2);
    },
  );

  it('lets a body wait for others to leave, and nobody takes the wait for silence', async () => {
    const { room, leave } = await full(4 * megabyte);
    setTimeout(leave, 60);
    const [client, request] = await open({ 'transfer-encoding': 'chunked' });
    const body = randomBytes(megabyte);
    client.end(body);
    const rules = within(megabyte, room);
    const reader = createReader({ silenceMs: 30, tickMs: 5 });
    expect((await reader(request, rules, (bytes) => Buffer.from(bytes))).equals(body)).toBe(true);
    expect(room.inFlightBytes).toBe(megabyte);
    rules.share.close();
    expect(room.inFlightBytes).toBe(0);
  });

  it('counts a compressed body by what it becomes', async () => {
    const room = new BodyRoom({ bytes: 8 * megabyte, maxWaitSeconds: 10 });
    const [client, request] = await open({ 'content-encoding': 'gzip' });
    const text = Buffer.from(randomBytes(megabyte).toString('hex'));
    client.end(gzipSync(text));
    const rules = within(4 * megabyte, room);
    expect(await createReader()(request, rules, (bytes) => bytes.equals(text))).toBe(true);
    expect(room.inFlightBytes).toBeGreaterThanOrEqual(text.length);
    expect(room.inFlightBytes).toBeLessThanOrEqual(2 * text.length);
  });

  it('is not asked for small bodies', async () => {
    const { room } = await full(4 * megabyte);
    const [client, request] = await open();
    client.end('small');
    expect(await createReader()(request, within(megabyte, room), String)).toBe('small');
  });

  it('is given back when the call ends while its body waits', async () => {
    const { room, leave } = await full(4 * megabyte);
    const over = new AbortController();
    const [, request] = await open({ 'content-length': megabyte });
    const reading = createReader()(request, { ...within(megabyte, room), signal: over.signal }, () => 'used');
    over.abort(new Error('over'));
    await expect(reading).rejects.toThrow('over');
    leave();
    expect(room.inFlightBytes).toBe(0);
  });
});
