import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VisionError } from '../errors/errors.js';
import { createBodyReader } from './read-body.js';

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

interface Sent {
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly limit?: number;
  readonly read?: ReturnType<typeof createBodyReader>;
}

/** Sends a body and reads it. */
async function receive(body: Buffer, { headers = {}, limit = megabyte, read = createBodyReader() }: Sent = {}) {
  const [client, request] = await open(headers);
  client.end(body);
  return read(request, limit, (bytes) => Buffer.from(bytes));
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
    const reading = createBodyReader()(request, 100, () => 'used');
    await expect(reading).rejects.toEqual(refused('BODY_TOO_LARGE', 'exceeds 100 bytes'));
  });

  it('is refused as soon as more than the limit has come', async () => {
    const [client, request] = await open();
    const limit = 100 * kilobyte;
    client.write(Buffer.alloc(limit + 1));
    // It never ends.
    const reading = createBodyReader()(request, limit, () => 'used');
    await expect(reading).rejects.toEqual(refused('BODY_TOO_LARGE', `exceeds ${limit} bytes`));
    expect(await receive(Buffer.alloc(limit), { limit })).toHaveLength(limit);
  });

  it.each([{}, { 'content-encoding': 'gzip' }])('is refused where it ends early, with %j', async (headers) => {
    const [client, request] = await open({ ...headers, 'content-length': 100 });
    client.write(gzipSync(randomBytes(kilobyte)).subarray(0, 50));
    const reading = createBodyReader()(request, megabyte, () => 'used');
    client.destroy();
    await expect(reading).rejects.toEqual(refused('MALFORMED_BODY', 'The request body cannot be read: '));
  });

  it('fails as its user does', async () => {
    const [client, request] = await open();
    client.end('body');
    const reading = createBodyReader()(request, megabyte, (body): string => {
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
    await expect(createBodyReader()(request, 100 * kilobyte, () => 'used')).rejects.toEqual(
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
  const buffersOf = async (read: ReturnType<typeof createBodyReader>, bytes: number): Promise<ArrayBufferLike> => {
    const [client, request] = await open({ 'content-length': bytes });
    client.end(Buffer.alloc(bytes));
    return read(request, 32 * megabyte, ({ buffer }) => buffer);
  };

  it('is used again by the next one', async () => {
    const read = createBodyReader();
    const first = await buffersOf(read, megabyte);
    expect(await buffersOf(read, 10)).toBe(first);
    expect(await buffersOf(read, megabyte)).toBe(first);
    const larger = await buffersOf(read, megabyte + 1);
    expect(larger).not.toBe(first);
    expect(await buffersOf(read, megabyte)).toBe(larger);
  });

  it('is used again after a body whose user failed', async () => {
    const read = createBodyReader();
    const buffers: ArrayBufferLike[] = [];
    for (const end of ['fails', 'works']) {
      const [client, request] = await open();
      client.end(end);
      const reading = read(request, megabyte, (body) => {
        buffers.push(body.buffer);
        if (body.toString() === 'fails') throw new Error('no');
      });
      await reading.catch(() => {});
    }
    expect(buffers).toHaveLength(2);
    expect(buffers[1]).toBe(buffers[0]);
  });

  it('is not shared by two that come at a time', async () => {
    const read = createBodyReader();
    await buffersOf(read, megabyte);
    const [one, two] = [await open(), await open()];
    const readings = [one, two].map(([, request]) => read(request, megabyte, (body) => body));
    one[0].write('o');
    two[0].write('t');
    one[0].end('ne');
    two[0].end('wo');
    expect((await Promise.all(readings)).map(String)).toEqual(['one', 'two']);
  });

  it('is not kept where it is more than 16 MB', async () => {
    const read = createBodyReader();
    const first = await buffersOf(read, 17 * megabyte);
    expect(await buffersOf(read, 10)).not.toBe(first);
  });

  it('is set aside for 16 MB at most before they come', async () => {
    const [client, request] = await open({ 'content-length': 512 * megabyte });
    const before = process.memoryUsage().arrayBuffers;
    const reading = createBodyReader()(request, 1024 * megabyte, () => 'used');
    const aside = process.memoryUsage().arrayBuffers - before;
    client.destroy();
    await expect(reading).rejects.toEqual(refused('MALFORMED_BODY', ''));
    expect(aside).toBeLessThanOrEqual(17 * megabyte);
  });
});
