import { request as httpRequest } from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { credentials, makeGenericClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watched } from './blocked.js';
import { startTestServer, type TestServer } from './server.js';

// A stranger's request costs in proportion to its bytes. The server runs in this process, so a blocked event loop is seen.
const maxBlockMs = 250;
let running: TestServer;

beforeAll(async () => {
  running = await startTestServer({ workers: '1' });
});
afterAll(() => running.close());

async function post(
  path: string,
  body: Buffer,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const response = await fetch(running.origin + path, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

const megabyte = 1 << 20;
const repeated = (text: string, bytes: number): Buffer => Buffer.alloc(bytes, text);
const wrapped = (before: string, inside: Buffer, after: string): Buffer =>
  Buffer.concat([Buffer.from(before), inside, Buffer.from(after)]);
const keys = (count: number): Buffer =>
  Buffer.from(`{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`);

/** Bodies of a size. Made when they are needed: all together are gigabytes. */
const bodies: ReadonlyArray<readonly [name: string, make: (bytes: number) => Buffer]> = [
  ['brackets', (bytes) => repeated('[', bytes)],
  ['empty lists', (bytes) => wrapped('[', repeated('[],', bytes), '[]]')],
  ['empty specs', (bytes) => wrapped('{"analyzeSpecs":[', repeated('{},', bytes), '{}]}')],
  ['deep objects', (bytes) => repeated('{"a":', bytes)],
  ['keys', (bytes) => keys(bytes / 12)],
  ['the same key', (bytes) => wrapped('{', repeated('"a":1,', bytes), '"a":1}')],
  ['numbers', (bytes) => wrapped('{"analyzeSpecs":[', repeated('1,', bytes), '1]}')],
  ['a long number', (bytes) => wrapped('{"folderId":', repeated('1', bytes), '}')],
  ['spaces', (bytes) => repeated(' ', bytes)],
  ['short strings', (bytes) => wrapped('["', repeated('a","', bytes), '"]')],
  ['escapes', (bytes) => wrapped('{"folderId":"', repeated('\\n', bytes), '"}')],
  ['a long name', (bytes) => wrapped('{"folderId":"', repeated('f', bytes), '"}')],
  ['a long name of surrogates', (bytes) => wrapped('{"folderId":"', repeated('😀', bytes), '"}')],
  ['single quotes', (bytes) => wrapped("{'analyzeSpecs':[", repeated("'',", bytes), "'']}")],
];

describe('bombs over REST', () => {
  it.each(bodies)('of %s are refused before they are unfolded', async (_name, make) => {
    const packed = gzipSync(make(100 * megabyte), { level: 1 });
    for (const path of ['/iam/v1/tokens', '/vision/v1/batchAnalyze']) {
      const { result, blockedMs } = await watched(() => post(path, packed, { 'content-encoding': 'gzip' }));
      expect([result.status, result.text.length < 5000]).toEqual([400, true]);
      expect(blockedMs).toBeLessThan(maxBlockMs);
    }
  });

  it.each(bodies)('of %s that are sent as they are, too', async (_name, make) => {
    const body = make(40 * megabyte);
    const { result, blockedMs } = await watched(() => post('/vision/v1/batchAnalyze', body, {}));
    expect([result.status, result.text.length < 5000]).toEqual([400, true]);
    expect(blockedMs).toBeLessThan(maxBlockMs);
  });
});

describe('bombs over gRPC', () => {
  it('of empty specs are refused before they are unfolded, compressed and not', async () => {
    const Client = makeGenericClientConstructor({}, 'Generic');
    const asIs = (bytes: Buffer): Buffer => bytes;
    const bomb = Buffer.alloc(80 * megabyte, Buffer.from([0x0a, 0]));
    for (const options of [{}, { 'grpc.default_compression_algorithm': 2 }]) {
      const client = new Client(running.endpoint, credentials.createInsecure(), options);
      const call = (): Promise<ServiceError | null> =>
        new Promise((resolve) => {
          client.makeUnaryRequest('/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze', asIs, asIs, bomb, resolve);
        });
      const { result } = await watched(call);
      expect(result?.code).toBeOneOf([3, 8]);
      client.close();
    }
  });
});

/** Posts spaces as a client does that writes its whole body before it reads. */
function writeAll(origin: string, size: number): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': String(size) };
    const request = httpRequest(`${origin}/vision/v1/batchAnalyze`, { method: 'POST', headers });
    request.once('error', reject);
    let text = '';
    let status: number | undefined;
    request.once('response', (response) => {
      status = response.statusCode;
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    });
    request.once('close', () => resolve({ status, text }));
    const piece = Buffer.alloc(megabyte, ' ');
    let left = size / megabyte;
    const write = (): void => {
      while (left-- > 0) if (!request.write(piece)) return void request.once('drain', write);
      request.end();
    };
    write();
  });
}

describe('a body that is refused before it is read', () => {
  it('for its size gets its answer, written to the end', async () => {
    const { status, text } = await writeAll(running.origin, 130 * megabyte);
    expect([status, text]).toEqual([400, expect.stringContaining('The request body exceeds')]);
  });

  it('for want of credentials too', async () => {
    const guarded = await startTestServer({ workers: '1', auth: 'keys' });
    const { status, text } = await writeAll(guarded.origin, 60 * megabyte);
    await guarded.close();
    expect([status, text]).toEqual([401, expect.stringContaining('Authentication is required')]);
  });
});

describe('a stream of images', () => {
  it('ends when too many of them fail, and lets others have their turn meanwhile', async () => {
    const session = connectHttp2(running.origin);
    const path = '/visiond.index.v1.ImageIndexService/AddImages';
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const answer = new Promise<IncomingHttpHeaders>((resolve) => stream.once('response', resolve));
    stream.on('error', () => {});
    const { result, blockedMs } = await watched(() => {
      stream.write(Buffer.alloc(5 * 300_000));
      return answer;
    });
    expect(result).toMatchObject({
      'grpc-status': '3',
      'grpc-message': expect.stringContaining('More%20than%2010000%20images'),
    });
    expect(blockedMs).toBeLessThan(maxBlockMs);
    session.destroy();
  });
});
