import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createIndexClient, createVisionClient, VisionCallError } from '../client/index.js';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { QuotaFailure, RetryInfo } from '../gen/google/rpc/error_details.js';
import { createKeyStore } from '../server/auth/key-store.js';
import { readConfig } from '../server/config.js';
import { fixture } from './fixtures.js';
import { post, startTestServer, type TestServer } from './server.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-quota-'));
let running: TestServer | undefined;
afterEach(async () => running?.close());
afterAll(() => rmSync(root, { recursive: true }));

/** The smallest rate: a token takes 1000 s, so that what is there at first is all that a test gets. */
const scarce = '0.001';
/** Seconds until the next token, less those that the test takes. */
const wait = /^(1000|9\d\d)$/;
const words = 'limit on requests was exceeded';

async function start(flags: Readonly<Record<string, string>>): Promise<TestServer> {
  const folder = mkdtempSync(join(root, 'data-'));
  running = await startTestServer({ workers: '1', 'data-dir': folder, ...flags });
  return running;
}

/** A feature that fails at once: it counts like any other. */
const failing = { type: 'TEXT_DETECTION', textDetectionConfig: {} };
const content = fixture('empty.png').toString('base64');
const spec = (features: number): object => ({ content, features: Array(features).fill(failing) });
const request = (folderId: string, ...specs: readonly object[]): object => ({ folderId, analyzeSpecs: specs });

function detail(error: VisionCallError, name: string): Uint8Array {
  return error.details.find(({ typeUrl }) => typeUrl.endsWith(`.${name}`))?.value ?? Buffer.from('none');
}

async function failure(call: Promise<unknown>): Promise<VisionCallError> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (error instanceof VisionCallError) return error;
  throw new Error('The call did not fail', { cause: error });
}

describe('a quota of requests', () => {
  it('refuses the others of the folder over both protocols, and says when to retry', async () => {
    const { origin, endpoint } = await start({ 'quota-requests': scarce });
    // Counted before it is validated.
    expect((await post(origin, request('loud'))).status).toBe(400);
    const refused = await post(origin, request('loud'));
    const seconds = refused.headers.get('retry-after') ?? '';
    expect([refused.status, seconds]).toEqual([429, expect.stringMatching(wait)]);
    expect(refused.json).toEqual({
      code: 8,
      message: `The ${words}: 0.001 requests per second and folder. Retry in ${seconds} s`,
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'QUOTA_EXCEEDED',
          domain: 'visiond',
          metadata: { limit: '0.001', quota: 'requests', seconds },
        },
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ subject: 'loud', description: '0.001 requests per second and folder' }],
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` },
        { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: refused.headers.get('x-request-id') },
      ],
    });

    const client = createVisionClient({ endpoint, folderId: 'loud' });
    const error = await failure(client.batchAnalyze({ folderId: 'loud', analyzeSpecs: [] }));
    client.close();
    expect([error.code, error.message]).toEqual([8, expect.stringContaining(words)]);
    expect(QuotaFailure.decode(detail(error, 'QuotaFailure')).violations).toEqual([
      { subject: 'loud', description: '0.001 requests per second and folder' },
    ]);
    expect(String(RetryInfo.decode(detail(error, 'RetryInfo')).retryDelay?.seconds)).toMatch(wait);
    expect((await post(origin, request('quiet'))).status).toBe(400);
  });

  it('counts every method, but not those without a folder, and a stream as one', async () => {
    const { origin, endpoint } = await start({ 'quota-requests': scarce });
    const list = (folder: string) => fetch(`${origin}/index/v1/images?folderId=${folder}`);
    expect([(await list('a')).status, (await list('a')).status]).toEqual([200, 429]);
    for (let count = 0; count < 3; count++) {
      for (const path of ['/endpoints', '/readyz', '/openapi.json']) {
        expect((await fetch(origin + path)).status).toBe(200);
      }
    }
    const corpus = createIndexClient({ endpoint, folderId: 'b' });
    const picture = await drawPicture(1).jpeg().toBuffer();
    const images = [1, 2, 3].map((id) => ({ content: picture, id: String(id) }));
    expect((await corpus.addAll(images)).map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect((await failure(corpus.addAll(images))).code).toBe(8);
    corpus.close();
  });

  it('is counted once the folder is authorized', async () => {
    const folder = mkdtempSync(join(root, 'keys-'));
    const { key } = await createKeyStore(folder).createApiKey({ name: '', folders: ['mine', 'other'] });
    const { origin } = await start({ auth: 'keys', 'data-dir': folder, 'quota-requests': scarce });
    const list = async (folderId: string, authorization?: string) => {
      const headers = authorization === undefined ? {} : { authorization };
      return (await fetch(`${origin}/index/v1/images?folderId=${folderId}`, { headers })).status;
    };
    const mine = `Api-Key ${key}`;
    // Strangers use up nothing.
    expect([await list('mine'), await list('mine', 'Api-Key wrong'), await list('theirs', mine)]).toEqual([
      401, 401, 403,
    ]);
    expect([await list('mine', mine), await list('mine', mine), await list('other', mine)]).toEqual([200, 429, 200]);
  });
});

describe('a quota of images', () => {
  it('lets a full request through, and counts those that are added or searched', async () => {
    const { origin, endpoint } = await start({ 'quota-images': scarce });
    expect((await post(origin, request('a', spec(1), spec(1), spec(1)))).status).toBe(200);
    // Invalid as a whole: its images are not counted.
    expect((await post(origin, request('a', spec(1), spec(9)))).status).toBe(400);
    const corpus = createIndexClient({ endpoint, folderId: 'a' });
    const picture = await drawPicture(1).jpeg().toBuffer();
    await corpus.add({ content: picture, id: 'one' });
    await corpus.search(picture);
    const signature = await corpus.signature(picture);
    expect((await post(origin, request('a', spec(1), spec(1), spec(1)))).json).toMatchObject({
      code: 8,
      message: expect.stringMatching(`^The ${words}: 0\\.001 images per second and folder\\. Retry in \\d+ s$`),
    });
    await corpus.search(signature);
    expect((await post(origin, request('a', spec(1)))).status).toBe(200);
    const calls = [corpus.add({ content: picture }), corpus.search(picture), corpus.signature(picture)];
    for (const call of calls) expect((await failure(call)).code).toBe(8);
    expect((await corpus.list()).images.map(({ id }) => id)).toEqual(['one']);
    corpus.close();
  });
});

describe('a quota of features', () => {
  it('fails the features beyond it alone, in the order of the request', async () => {
    const { origin } = await start({ 'quota-features': scarce });
    expect((await post(origin, request('a', ...Array<object>(7).fill(spec(8)), spec(3)))).status).toBe(200);
    const { status, json } = await post(origin, request('a', spec(3), spec(4)));
    const counted = { error: expect.objectContaining({ code: 3 }) };
    const refused = {
      error: expect.objectContaining({
        code: 8,
        message: expect.stringMatching(`^The ${words}: 0\\.001 features per second and folder\\. Retry in \\d+ s$`),
      }),
    };
    expect([status, json]).toEqual([
      200,
      { results: [{ results: [counted, counted, counted] }, { results: [counted, counted, refused, refused] }] },
    ]);
    expect((await post(origin, request('b', spec(1)))).json).toEqual({ results: [{ results: [counted] }] });
  });

  it('lets the images of a stream wait, where other calls are refused', async () => {
    const { origin, endpoint } = await start({ 'quota-features': '1' });
    const corpus = createIndexClient({ endpoint, folderId: 'a' });
    const picture = await drawPicture(1).jpeg().toBuffer();
    const full = request('a', ...Array<object>(8).fill(spec(8)));
    expect(JSON.stringify((await post(origin, full)).json)).not.toContain(words);
    expect((await failure(corpus.add({ content: picture }))).code).toBe(8);
    const results = await corpus.addAll(['1', '2', '3'].map((id) => ({ content: picture, id })));
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    corpus.close();
  });
});

it('is set on the upstream server, which knows the folders', () => {
  for (const quota of ['quota-requests', 'quota-images', 'quota-features']) {
    const flags = { upstream: '10.0.0.1:8080', [quota]: '5' };
    expect(() => readConfig(flags, {})).toThrow(`--${quota} must be set on the upstream server, 10.0.0.1:8080`);
    expect(() => readConfig({ ...flags, [quota]: '0' }, {})).not.toThrow();
  }
});
