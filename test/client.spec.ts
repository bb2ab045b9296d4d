import { createReadStream } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as overFetch from '../client/index-fetch.js';
import * as overGrpc from '../client/index.js';
import { fixture, fixturePath } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

const { VisionCallError, VisionFeatureError, VisionFileError } = overGrpc;
const line = 'Only one line of text here';
let running: TestServer;
const ways = new Map<string, overGrpc.ImageClient>();

beforeAll(async () => {
  running = await startTestServer();
  ways.set('gRPC', overGrpc.createVisionClient({ endpoint: running.endpoint }));
  ways.set('fetch', overFetch.createVisionClient({ endpoint: running.origin }));
});
afterAll(async () => {
  for (const client of ways.values()) client.close();
  await running.close();
});

/** The client for a transport. */
function by(way: string): overGrpc.ImageClient {
  const client = ways.get(way);
  if (client === undefined) throw new Error(`No client for ${way}`);
  return client;
}

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error: unknown) => error,
  );

describe.each(['gRPC', 'fetch'])('the client over %s', (way) => {
  it('returns what was asked for, with plain values', async () => {
    const found = await by(way).analyze(fixture('line-english.png'), {
      text: ['en'],
      faces: true,
      classes: ['quality', 'moderation'],
      copies: true,
    });
    expect(Object.keys(found)).toEqual(['text', 'faces', 'classes', 'copies']);
    const { text, faces, classes, copies } = found;
    expect(text.text).toBe(line);
    const [word] = text.pages[0]?.blocks[0]?.lines[0]?.words ?? [];
    expect(word).toMatchObject({ text: 'Only', languages: [{ code: 'en' }] });
    expect(word?.box.width).toBeGreaterThan(10);
    expect(text.pages[0]?.width).toBeGreaterThan(100);
    expect(faces).toEqual([]);
    expect(Object.keys(classes)).toEqual(['quality', 'moderation']);
    expect(Object.values(classes.moderation).every((probability) => probability >= 0 && probability <= 1)).toBe(true);
    expect(copies).toEqual({ count: 0, best: [] });
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it('returns the classes of a single model by themselves', async () => {
    const { classes } = await by(way).analyze(fixture('line-english.png'), { classes: 'quality' });
    const probability: number | undefined = Object.values(classes)[0];
    expect(probability).toBeGreaterThanOrEqual(0);
  });

  it.each<[string, () => overGrpc.ImageInput]>([
    ['a Buffer', () => fixture('line-english.png')],
    ['an ArrayBuffer', () => Uint8Array.from(fixture('line-english.png')).buffer],
    ['a Blob', () => new Blob([Uint8Array.from(fixture('line-english.png'))])],
    ['a stream of Node.js', () => createReadStream(fixturePath('line-english.png'))],
    ['a stream of the web', () => new Blob([Uint8Array.from(fixture('line-english.png'))]).stream()],
  ])('reads the text of %s', async (_, image) => {
    expect(await by(way).text(image(), { languages: ['en'] })).toBe(line);
  });

  it('names what is wrong with a file', async () => {
    const error = await failure(by(way).text(Buffer.from('no image')));
    expect(error).toBeInstanceOf(VisionFileError);
    expect(error).toMatchObject({ code: 3, codeName: 'INVALID_ARGUMENT', reason: 'NOT_AN_IMAGE' });
  });

  it('names the feature that failed, and has the results of the others', async () => {
    const error = await failure(by(way).analyze(fixture('line-english.png'), { faces: true, classes: 'nonsense' }));
    expect(error).toBeInstanceOf(VisionFeatureError);
    expect(error).toMatchObject({ feature: 'classes', reason: 'MODEL_UNKNOWN', results: { faces: [] } });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ message: expect.stringContaining('nonsense') });
  });

  it('names the field and the id of a call that failed', async () => {
    const folderId = 'f'.repeat(51);
    const client =
      way === 'gRPC'
        ? overGrpc.createVisionClient({ endpoint: running.endpoint, folderId })
        : overFetch.createVisionClient({ endpoint: running.origin, folderId });
    const error = await failure(client.text(fixture('line-english.png')));
    client.close();
    expect(error).toBeInstanceOf(VisionCallError);
    expect(error).toMatchObject({
      name: 'VisionCallError',
      codeName: 'INVALID_ARGUMENT',
      reason: 'INVALID_REQUEST',
      field: 'folder_id',
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
  });

  it('rejects with an AbortError, before and during a call', async () => {
    const signal = AbortSignal.abort();
    await expect(by(way).text(fixture('line-english.png'), { signal })).rejects.toMatchObject({ name: 'AbortError' });
    const controller = new AbortController();
    const call = by(way).text(fixture('english.png'), { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('gives up at the deadline', async () => {
    await expect(by(way).text(fixture('english.png'), { timeoutMs: 1 })).rejects.toMatchObject({
      codeName: 'DEADLINE_EXCEEDED',
    });
  });
});

describe('an endpoint', () => {
  it.each(['http://127.0.0.1:8080', 'localhost', '127.0.0.1:0', '127.0.0.1:70000', '127.0.0.1:8080/', ''])(
    'of gRPC is not "%s"',
    (endpoint) => {
      expect(() => overGrpc.createVisionClient({ endpoint })).toThrow(/is not host:port, for example/);
    },
  );

  it.each([
    ['127.0.0.1:8080', /does not start with http/],
    ['https://', /is not a URL/],
    ['https://me:secret@example.org', /use apiKey or token/],
    ['https://example.org/?a=b', /has a query/],
  ])('of fetch is not "%s"', (endpoint, message) => {
    expect(() => overFetch.createVisionClient({ endpoint })).toThrow(message);
  });

  it('of fetch may be below a path, and nobody there is a failed call', async () => {
    const client = overFetch.createVisionClient({ endpoint: `${running.origin}/nowhere/` });
    const error = await failure(client.text(fixture('line-english.png')));
    expect(error).toMatchObject({ reason: 'UNKNOWN_PATH', message: 'Not found: /nowhere/vision/v1/batchAnalyze' });
    const nobody = overFetch.createVisionClient({ endpoint: 'http://127.0.0.1:1' });
    await expect(nobody.text(fixture('line-english.png'))).rejects.toMatchObject({ codeName: 'UNAVAILABLE' });
  });
});
