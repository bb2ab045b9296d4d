import { credentials, makeGenericClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BatchAnalyzeRequest,
  BatchAnalyzeResponse,
  Feature_Type,
  textDetection,
  VisionCallError,
  type AnalyzeSpec,
  type Feature,
} from '../client/index.js';
import { messageDescriptor } from '../server/contract/descriptors.js';
import { plainTextOf } from '../server/features/text-detection/plain-text.js';
import { binaryToJson } from '../server/gateway/json/transcode.js';
import { englishLines, fixture, mixedLines, russianLine, russianLines, signText } from './fixtures.js';
import { post, startTestServer, type TestServer } from './server.js';

const responseType = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeResponse');
let running: TestServer;

beforeAll(async () => {
  running = await startTestServer();
});
afterAll(() => running.close());

function spec(content: Buffer, features: Feature[] = [textDetection({ languageCodes: ['en'] })]): AnalyzeSpec {
  return { source: { $case: 'content', value: content }, features, mimeType: '' };
}

function request(...analyzeSpecs: AnalyzeSpec[]): BatchAnalyzeRequest {
  return { analyzeSpecs, folderId: '' };
}

async function read(name: string, languageCodes: string[], model = 'page'): Promise<string[]> {
  const [result] = await running.client.analyze(fixture(name), [textDetection({ languageCodes, model })]);
  expect(result?.error).toBeUndefined();
  return plainTextOf(result)
    .split('\n')
    .filter((line) => line !== '');
}

/** Errors carry the id of their request, which differs between two calls. */
function withoutRequestIds(json: string): unknown {
  return JSON.parse(json.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'ID'));
}

describe('text', () => {
  it.each([
    ['english.png', ['en'], englishLines],
    ['english.png', ['*'], englishLines],
    ['russian.png', ['ru'], russianLines],
    ['russian.png', ['ru', 'en'], russianLines],
    ['russian-photo.jpg', ['*'], russianLines],
    ['mixed.jpg', ['ru', 'en'], mixedLines],
    ['mixed.jpg', ['*'], mixedLines],
    ['upside-down.png', ['en'], englishLines],
    ['sign.png', ['ru'], [signText]],
    ['upside-down-sign.png', ['ru'], [signText]],
    ['quarter-turn.png', ['en'], englishLines],
    ['tilted.png', ['en'], englishLines],
    ['tilted-upside-down.png', ['en'], englishLines],
    ['inverse.png', ['en'], englishLines],
    ['exif-6.jpg', ['en'], englishLines],
    ['gray-16-bit.png', ['en'], englishLines],
    ['cmyk.jpg', ['en'], englishLines],
  ])('%s is read with languages %j', async (name, codes, lines) => {
    expect(await read(name, codes)).toEqual(lines);
  });

  it('the line model takes the whole image for one line', async () => {
    expect(await read('line-russian.png', ['ru'], 'line')).toEqual([russianLine]);
    expect(await read('line-english.png', ['*'], 'line')).toEqual(['Only one line of text here']);
  });

  it('a page without text has a size and nothing else', async () => {
    const { json } = await post(running.origin, {
      analyzeSpecs: [{ content: fixture('empty.png').toString('base64'), features: [{ type: 'TEXT_DETECTION' }] }],
    });
    expect(json).toEqual({ results: [{ results: [{ textDetection: { pages: [{ width: '320', height: '240' }] } }] }] });
  });

  it('words have boxes within the page, counterclockwise from the top left, one confidence a line and a language', async () => {
    const [result] = await running.client.analyze(fixture('mixed.jpg'), [
      textDetection({ languageCodes: ['ru', 'en'] }),
    ]);
    if (result?.feature?.$case !== 'textDetection') throw new Error('no text');
    const [page] = result.feature.value.pages;
    if (page === undefined) throw new Error('no page');
    expect([page.width, page.height]).toEqual([900n, 292n]);
    const lines = page.blocks.flatMap((block) => block.lines);
    for (const line of lines) {
      expect(line.confidence).toBeGreaterThan(0.8);
      expect(line.confidence).toBeLessThanOrEqual(1);
      for (const word of line.words) {
        const [topLeft, bottomLeft, bottomRight, topRight, ...others] = word.boundingBox?.vertices ?? [];
        if (!topLeft || !bottomLeft || !bottomRight || !topRight) throw new Error('not four vertices');
        expect(others).toEqual([]);
        expect([topLeft.x, topLeft.y]).toEqual([bottomLeft.x, topRight.y]);
        expect([bottomRight.x, bottomRight.y]).toEqual([topRight.x, bottomLeft.y]);
        expect(bottomRight.x > topLeft.x && bottomRight.y > topLeft.y).toBe(true);
        expect(topLeft.x >= 0n && bottomRight.x <= page.width && topLeft.y >= 0n && bottomRight.y <= page.height).toBe(
          true,
        );
        expect(word.entityIndex).toBe(-1n);
        expect(word.confidence).toBe(line.confidence);
        expect(word.languages).toEqual([
          { languageCode: /[а-я]/i.test(word.text) ? 'ru' : 'en', confidence: word.confidence },
        ]);
      }
    }
    // Where the words stand: the second starts right of the first, near to where it was drawn.
    const [first, second] = lines[1]?.words ?? [];
    expect(first?.text).toBe('Choose');
    expect(Math.abs(Number(first?.boundingBox?.vertices[0]?.x) - 40)).toBeLessThan(12);
    expect(Number(second?.boundingBox?.vertices[0]?.x)).toBeGreaterThan(Number(first?.boundingBox?.vertices[3]?.x));
  });

  it('many images at once get the same answers as one at a time', async () => {
    const names = ['english.png', 'russian.png', 'mixed.jpg', 'upside-down.png', 'line-russian.png', 'inverse.png'];
    const alone: string[][] = [];
    for (const name of names) alone.push(await read(name, ['ru', 'en']));
    expect(await Promise.all(names.map((name) => read(name, ['ru', 'en'])))).toEqual(alone);
  });
});

describe('one port', () => {
  it('answers REST and gRPC alike', async () => {
    const message = request(
      spec(fixture('english.png')),
      spec(fixture('russian.png'), [textDetection({ languageCodes: ['ru'] }), textDetection({ languageCodes: [] })]),
      spec(Buffer.from('GIF89a')),
    );
    const grpc = await running.client.batchAnalyze(message);
    const rest = await post(running.origin, JSON.stringify(BatchAnalyzeRequest.toJSON(message)));
    expect(rest.status).toBe(200);
    const expected = binaryToJson(responseType, BatchAnalyzeResponse.encode(grpc).finish());
    expect(withoutRequestIds(JSON.stringify(rest.json))).toEqual(withoutRequestIds(expected));
  });

  it('has health checks over both', async () => {
    expect(await (await fetch(`${running.origin}/healthz`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${running.origin}/readyz`)).status).toBe(200);
    expect(await callBytes('/grpc.health.v1.Health/Check', Buffer.alloc(0))).toEqual(Buffer.from([8, 1]));
  });
});

describe('errors', () => {
  const good = { features: [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en'] } }] };
  const content = (): string => fixture('line-english.png').toString('base64');

  it('of a file leave its neighbors alone, in order', async () => {
    const truncated = fixture('english.png').subarray(0, 2000);
    const { results } = await running.client.batchAnalyze(
      request(
        spec(Buffer.alloc(0)),
        spec(fixture('line-english.png')),
        spec(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
        spec(truncated),
        spec(fixture('too-large.png')),
        spec(Buffer.alloc(10_485_761)),
        spec(fixture('line-english.png')),
      ),
    );
    expect(results.map(({ error }) => error?.code)).toEqual([3, undefined, 3, 3, 3, 3, undefined]);
    expect(results.map(({ error }) => error?.message)).toEqual([
      "Can't decode Image: content is empty",
      undefined,
      "Can't decode Image: the content is neither JPEG nor PNG",
      expect.stringMatching(/^Can't decode Image: /),
      'The image has 5001 x 4000 = 20004000 pixels; the limit is 20000000',
      'content has 10485761 bytes; the limit is 10485760',
      undefined,
    ]);
    for (const index of [1, 6]) expect(plainTextOf(results[index]?.results[0])).toBe('Only one line of text here\n');
  });

  it('of a feature leave the other features alone, in order', async () => {
    const features = [
      textDetection({ languageCodes: [] }),
      textDetection({ languageCodes: ['en'] }),
      textDetection({ languageCodes: ['xx'] }),
      textDetection({ languageCodes: ['en'], model: 'handwritten' }),
      {
        type: Feature_Type.TEXT_DETECTION,
        config: { $case: 'classificationConfig', value: { model: 'quality' } },
      } as const,
      {
        type: Feature_Type.FACE_DETECTION,
        config: { $case: 'classificationConfig', value: { model: 'quality' } },
      } as const,
      { type: Feature_Type.TYPE_UNSPECIFIED, config: undefined },
    ];
    const results = await running.client.analyze(fixture('line-english.png'), features);
    expect(results.map(({ error }) => error && [error.code, error.message])).toEqual([
      [3, 'Incorrect feature configuration: Incorrect number of language codes: 0'],
      undefined,
      [3, 'Incorrect feature configuration: Unknown language code: xx'],
      [
        3,
        'Incorrect feature configuration: Unknown TEXT_DETECTION model "handwritten". Known: page, line, passport, driver-license-front, driver-license-back, vehicle-registration-front, vehicle-registration-back, license-plates',
      ],
      [3, 'Incorrect feature configuration: TEXT_DETECTION takes text_detection_config'],
      [3, 'Incorrect feature configuration: FACE_DETECTION takes no config'],
      [3, expect.stringContaining('Incorrect feature configuration: type must be one of')],
    ]);
    expect(plainTextOf(results[1])).toBe('Only one line of text here\n');
  });

  it('name a language that is not installed and how to install it', async () => {
    const [result] = await running.client.analyze(fixture('line-english.png'), [
      textDetection({ languageCodes: ['th'] }),
    ]);
    expect(result?.error?.code).toBe(9);
    expect(result?.error?.message).toMatch(
      /^Language th is not installed on this server.*models pull th.*tha\.traineddata/,
    );
  });

  it('of a request name every wrong field with its limit and its value, over both protocols', async () => {
    const noSource: AnalyzeSpec = { source: undefined, features: [], mimeType: 'x'.repeat(256) };
    const message: BatchAnalyzeRequest = { analyzeSpecs: [noSource], folderId: 'f'.repeat(51) };
    const text = [
      'Validation failed:',
      '  - analyze_specs[0].features: must have 1 to 8 elements, has 0',
      '  - analyze_specs[0].mime_type: must have at most 255 characters, has 256',
      '  - analyze_specs[0].source: content or signature is required',
      '  - folder_id: must have at most 50 characters, has 51',
    ].join('\n');
    const error = await running.client.batchAnalyze(message).catch((thrown: unknown) => thrown);
    if (!(error instanceof VisionCallError)) throw new Error('no error');
    expect([error.code, error.message]).toEqual([3, text]);
    expect(error.details.map(({ typeUrl }) => typeUrl.split('.').at(-1))).toEqual([
      'ErrorInfo',
      'BadRequest',
      'RequestInfo',
    ]);
    expect(error.requestId).toMatch(/^[\da-f-]{36}$/);

    const { status, json, headers } = await post(running.origin, JSON.stringify(BatchAnalyzeRequest.toJSON(message)));
    expect(status).toBe(400);
    expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    expect(json).toMatchObject({
      code: 3,
      message: text,
      details: [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'INVALID_REQUEST', domain: 'visiond' },
        { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: { length: 4 } },
        { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: headers.get('x-request-id') },
      ],
    });
  });

  it('of nine images is one of the request', async () => {
    const { status, json } = await post(running.origin, {
      analyzeSpecs: Array(9).fill({ ...good, content: content() }),
    });
    expect([status, json]).toEqual([
      400,
      expect.objectContaining({
        message: 'Validation failed:\n  - analyze_specs: must have 1 to 8 elements, has 9',
      }),
    ]);
  });

  it.each([
    ['no JSON', 'analyzeSpecs', /Invalid JSON for BatchAnalyzeRequest/],
    ['an empty body', '', /Invalid JSON/],
    ['bad base64', { analyzeSpecs: [{ ...good, content: '!!!' }] }, /content/],
    [
      'bad base64 in a large image',
      { analyzeSpecs: [{ ...good, content: `${'A'.repeat(8000)}!` }] },
      /analyze_specs\[0\]\.content: invalid base64 string/,
    ],
    ['an unknown field', { analyzeSpecs: [{ ...good, contents: '' }] }, /"?contents"?/],
    ['an unknown feature', { analyzeSpecs: [{ content: '', features: [{ type: 'OCR' }] }] }, /OCR/],
    ['both sources', { analyzeSpecs: [{ ...good, content: '', signature: 'x' }] }, /analyze_specs\[0\]\.source: /],
    ['a string for a list', { analyzeSpecs: 'x' }, /analyze_specs/],
    ['a prototype', '{"__proto__": {"analyzeSpecs": []}}', /__proto__/],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), /Invalid JSON/],
  ])('%s is INVALID_ARGUMENT', async (_name, body, text) => {
    const { status, json } = await post(running.origin, body);
    expect([status, json]).toEqual([400, expect.objectContaining({ code: 3, message: expect.stringMatching(text) })]);
  });

  it('of HTTP are google.rpc.Status too', async () => {
    const missing = await fetch(`${running.origin}/vision/v2`);
    expect([missing.status, await missing.json()]).toEqual([404, expect.objectContaining({ code: 5 })]);
    const verb = await fetch(`${running.origin}/vision/v1/batchAnalyze`);
    expect([verb.status, await verb.json()]).toEqual([501, expect.objectContaining({ code: 12 })]);
  });

  it('answer malformed protobuf with INVALID_ARGUMENT and unknown methods with UNIMPLEMENTED', async () => {
    const method = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';
    await expect(callBytes(method, Buffer.from([0x0a, 0xff]))).rejects.toMatchObject({ code: 3 });
    await expect(callBytes(`${method}s`, Buffer.alloc(0))).rejects.toMatchObject({ code: 12 });
  });

  it('end a call at its deadline', async () => {
    const batch = request(...Array(8).fill(spec(fixture('large.jpg'))));
    await expect(running.client.batchAnalyze(batch, { timeoutMs: 300 })).rejects.toMatchObject({ code: 4 });
  });
});

describe('sizes', () => {
  it('eight images of ten megabytes pass over both protocols', async () => {
    // A JPEG may have anything behind its end.
    const full = Buffer.alloc(10_485_760);
    fixture('line-english.png').copy(full);
    const message = request(...Array(8).fill(spec(full, [textDetection({ languageCodes: ['en'], model: 'line' })])));
    const { results } = await running.client.batchAnalyze(message);
    expect(results.map((result) => plainTextOf(result.results[0]))).toEqual(
      Array(8).fill('Only one line of text here\n'),
    );
    const content = full.toString('base64');
    const { status, json } = await post(running.origin, {
      analyzeSpecs: Array(8).fill({
        content,
        features: [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en'], model: 'line' } }],
      }),
    });
    expect(status).toBe(200);
    expect(JSON.stringify(json)).toContain('"Only"');
  }, 120_000);
});

function callBytes(path: string, message: Buffer): Promise<Buffer> {
  const client = genericClient();
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, message, (error: ServiceError | null, value?: Buffer) => {
      client.close();
      if (error === null && value !== undefined) resolve(value);
      else reject(error ?? new Error('no value'));
    });
  });
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

function genericClient() {
  const Client = makeGenericClientConstructor({}, 'Generic');
  return new Client(running.endpoint, credentials.createInsecure());
}
