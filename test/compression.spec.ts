import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVisionClient } from '../client/index.js';
import { BatchAnalyzeResponse } from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { framed } from './grpc-frame.js';
import { openCall } from './http2-call.js';
import { analyzePath, startNetwork, type TestNetwork } from './network.js';

let running: TestNetwork;
let response: BatchAnalyzeResponse;
beforeAll(async () => {
  running = await startNetwork({ analyze: async () => response });
});
afterAll(() => running.close());

/** A page of text with so many words. */
function page(words: number): BatchAnalyzeResponse {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz';
  const word = (index: number): string =>
    Array.from({ length: 6 }, (_, at) => alphabet[(index * 7 + at * (index % 11) + index * at) % 26]).join('');
  const words1 = Array.from({ length: words }, (_, index) => ({
    boundingBox: {
      vertices: [0, 1, 2, 3].map((corner) => ({ x: BigInt((index * 37 + corner * 13) % 4000), y: BigInt(index * 3) })),
    },
    text: word(index),
    confidence: 0.5 + ((index * 7919) % 10_000) / 20_000,
    languages: [{ languageCode: 'en', confidence: 0.5 + ((index * 7919) % 10_000) / 20_000 }],
    entityIndex: -1n,
  }));
  const value = {
    pages: [
      {
        width: 4000n,
        height: 6000n,
        entities: [],
        blocks: [{ boundingBox: undefined, lines: [{ boundingBox: undefined, words: words1, confidence: 0.9 }] }],
      },
    ],
  };
  return {
    results: [{ results: [{ error: undefined, feature: { $case: 'textDetection', value } }], error: undefined }],
  };
}

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Calls over REST, and gives what came as it came. */
async function rest(accept: string | undefined, path = '/vision/v1/batchAnalyze'): Promise<Received> {
  const headers = accept === undefined ? {} : { 'accept-encoding': accept };
  const method = path === '/openapi.json' ? 'GET' : 'POST';
  const request = httpRequest(running.origin + path, { method, headers }).end(method === 'POST' ? '{}' : '');
  const [answer] = await once(request, 'response');
  return { headers: answer.headers, body: Buffer.concat(await answer.toArray()) };
}

/** Calls over gRPC, and gives the header and the frame as they came. */
async function grpc(accept: string | undefined): Promise<Received> {
  const session = connect(running.origin);
  const call = openCall(session, analyzePath, accept === undefined ? {} : { 'grpc-accept-encoding': accept });
  call.end(framed(Buffer.alloc(0)));
  const [headers] = await once(call, 'response');
  const body = Buffer.concat(await call.toArray());
  session.destroy();
  return { headers, body };
}

describe('answers over REST', () => {
  it.each([
    ['gzip', 'gzip', gunzipSync],
    ['deflate', 'deflate', inflateSync],
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate, br', 'gzip', gunzipSync],
    ['gzip;q=0.5, br', 'br', brotliDecompressSync],
    ['br;q=0, GZIP;q=0.1', 'gzip', gunzipSync],
    ['*', 'br', brotliDecompressSync],
  ])('are compressed for clients that accept %s', async (accept, encoding, decompress) => {
    response = page(100);
    const plain = await rest(undefined);
    const { headers, body } = await rest(accept);
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      vary: 'accept-encoding',
      'content-length': String(body.length),
      'content-type': 'application/json; charset=utf-8',
    });
    expect(body.length).toBeLessThan(plain.body.length / 5);
    expect(decompress(body).equals(plain.body)).toBe(true);
  });

  it.each([undefined, '', 'identity', 'gzip;q=0', 'identity, gzip;q=0.5', 'zstd'])(
    'are left as they are for %j',
    async (accept) => {
      response = page(100);
      const { headers, body } = await rest(accept);
      expect(headers).toMatchObject({ vary: 'accept-encoding' });
      expect(headers).not.toHaveProperty('content-encoding');
      expect(JSON.parse(body.toString())).toHaveProperty('results');
    },
  );

  it('are left as they are where they are small', async () => {
    response = { results: [] };
    const { headers, body } = await rest('gzip');
    expect([body.toString(), headers['content-encoding'], headers.vary]).toEqual(['{}\n', undefined, undefined]);
  });

  it('shrink to a small part where they are text annotations', async () => {
    response = page(2300);
    const plain = (await rest(undefined)).body.length;
    expect(plain).toBeGreaterThan(1_200_000);
    for (const accept of ['gzip', 'br']) expect((await rest(accept)).body.length).toBeLessThan(plain / 10);
  });

  it('have descriptions of the API among them', async () => {
    const plain = await rest(undefined, '/openapi.json');
    for (let round = 0; round < 2; round++) {
      const { body } = await rest('gzip', '/openapi.json');
      expect(gunzipSync(body).equals(plain.body)).toBe(true);
    }
  });
});

describe('responses over gRPC', () => {
  it('are compressed for clients that accept gzip', async () => {
    response = page(100);
    const plain = await grpc(undefined);
    expect([plain.headers['grpc-encoding'], plain.body[0]]).toEqual(['identity', 0]);
    for (const accept of ['gzip', 'identity,deflate,gzip', 'identity, gzip']) {
      const { headers, body } = await grpc(accept);
      expect([headers['grpc-encoding'], body[0]]).toEqual(['gzip', 1]);
      expect(body.readUInt32BE(1)).toBe(body.length - 5);
      expect(body.length).toBeLessThan(plain.body.length / 2);
      expect(gunzipSync(body.subarray(5)).equals(plain.body.subarray(5))).toBe(true);
    }
    for (const accept of ['identity', 'deflate', 'gzipped']) {
      expect((await grpc(accept)).headers['grpc-encoding']).toBe('identity');
    }
  });

  it('are left as they are where they are small', async () => {
    response = { results: [] };
    const { headers, body } = await grpc('gzip');
    expect([headers['grpc-encoding'], body]).toEqual(['gzip', framed(Buffer.alloc(0))]);
  });

  it('are read by clients', async () => {
    response = page(1000);
    const client = createVisionClient({ endpoint: `127.0.0.1:${running.port}` });
    expect(await client.batchAnalyze({ analyzeSpecs: [], folderId: '' })).toEqual(response);
    client.close();
  });
});
