import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

const path = '/vision/v1/batchAnalyze';
const body = (): string =>
  JSON.stringify({
    analyzeSpecs: [
      {
        content: fixture('line-english.png').toString('base64'),
        features: [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en'], model: 'line' } }],
      },
    ],
  });
let running: TestServer;

beforeAll(async () => {
  running = await startTestServer({ 'rest-compat': 'strict', 'max-content-bytes': '100000' });
});
afterAll(() => running.close());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

async function send(content: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(running.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: content,
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

const invalid = (problem: RegExp) => [
  400,
  expect.objectContaining({ code: 3, message: expect.stringMatching(problem) }),
];

describe('bodies over REST', () => {
  it('may be chunked', async () => {
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(
        running.origin + path,
        { method: 'POST', headers: { 'content-type': 'application/json' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.once('error', reject);
      const text = body();
      for (let at = 0; at < text.length; at += 1000) request.write(text.slice(at, at + 1000));
      request.end();
    });
    expect(status).toBe(200);
  });

  it('may be packed', async () => {
    const { status, json } = await send(gzipSync(body()), { 'content-encoding': 'gzip' });
    expect([status, JSON.stringify(json)]).toEqual([200, expect.stringContaining('"Only"')]);
  });

  it('are refused when they are not packed as they say', async () => {
    const broken = await send(body(), { 'content-encoding': 'gzip' });
    expect([broken.status, broken.json]).toEqual(invalid(/^The request body cannot be read: incorrect header check/));
    const unknown = await send(body(), { 'content-encoding': 'constructor' });
    expect([unknown.status, unknown.json]).toEqual(
      invalid(/Invalid header content-encoding: must be one of identity, gzip, deflate, br/),
    );
  });

  it('are refused when they unpack to more than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    const { status, json } = await send(bomb, { 'content-encoding': 'gzip' });
    expect([status, json]).toEqual(invalid(/exceeds \d+ bytes/));
  });

  it('are refused by their announced length, before they are sent', async () => {
    const answer = await raw(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900000000\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*connection: close[^]*"reason": "BODY_TOO_LARGE"/i);
  });

  it('that end early are forgotten, and the server lives on', async () => {
    const text = body();
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${text.length + 10}\r\n\r\n`;
    await raw(head + text, true);
    expect((await send(body())).status).toBe(200);
  });

  it('longer than they say are no HTTP', async () => {
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n`;
    expect(await raw(`${head}{}garbage`)).toMatch(
      /^HTTP\/1\.1 400 [^]*"code": 3,\n "message": "Invalid HTTP request: /,
    );
  });

  it('need a media type where the mode is strict', async () => {
    const { status, json } = await send(body(), { 'content-type': 'text/plain' });
    expect([status, json]).toEqual(invalid(/Invalid header content-type: must be application\/json/));
  });
});

describe('malformed JSON', () => {
  const malformed = [
    '',
    ' ',
    '{',
    '}',
    '[',
    ']',
    '"',
    '""',
    'null',
    'true',
    '1',
    '[]',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"folderId"}',
    '{"folderId":}',
    '{:"a"}',
    '{"folderId":"a",}',
    '{"folderId":"a",,}',
    '{"folderId":"a" "b":1}',
    '{"folderId":"a"}}',
    '{"folderId":"a"}{}',
    "{'folderId':'a'}",
    '{folderId:"a"}',
    '{"folderId":a}',
    '{"folderId":"a',
    '{"folderId":"\\x"}',
    '{"folderId":"\\u12"}',
    '{"folderId":"\n"}',
    '{"folderId":"\t"}',
    '{"folderId":"\u0000"}',
    '{"folderId":"\\ud800"}',
    '{"folderId":"a"}#',
    '{"folderId":"a"}/*x*/',
    '{"folderId":01}',
    '{"folderId":+1}',
    '{"folderId":.5}',
    '{"folderId":1.}',
    '{"folderId":1e}',
    '{"folderId":0x1}',
    '{"folderId":NaN}',
    '{"folderId":Infinity}',
    '{"folderId":nul}',
    '{"folderId":True}',
    '{"folderId":1}',
    '{"folderId":[]}',
    '{"folderId":{}}',
    '\u00a0{}',
    '{"analyzeSpecs":{}}',
    '{"analyzeSpecs":[[]]}',
    '{"analyzeSpecs":["x"]}',
    '{"analyzeSpecs":[null]}',
    '{"analyzeSpecs":[{"content":[1,2]}]}',
    '{"analyzeSpecs":[{"content":5}]}',
    '{"analyzeSpecs":[{"content":"A"}]}',
    '{"analyzeSpecs":[{"content":"data:image/png;base64,AAAA"}]}',
    '{"analyzeSpecs":[{"features":[{"type":"text_detection"}]}]}',
    '{"analyzeSpecs":[{"features":[{"type":1.5}]}]}',
    '{"folderId":"a","folderId":"b"}',
    '{"folderId":"a","folder_id":"b"}',
    '{"unknown":1}',
    '{"__proto__":{}}',
    '{"constructor":1}',
    '['.repeat(100_000),
    '{"a":'.repeat(100_000),
    `{"folderId":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  ];

  it.each(malformed.map((text) => [text.length > 60 ? `${text.slice(0, 60)}...` : text, text]))(
    '%j is a 400 with a Status',
    async (_name, text) => {
      const { status, json } = await send(text);
      expect([status, json]).toEqual(invalid(/^Invalid JSON for BatchAnalyzeRequest: /));
    },
  );

  it.each([
    [[0xff, 0xfe, 0x7b, 0, 0x7d, 0]],
    [[0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]],
    [[0]],
    [[0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d]],
  ])('bytes %j that are no UTF-8 are too', async (bytes) => {
    const { status, json } = await send(Buffer.from(bytes));
    expect([status, json]).toEqual(invalid(/^Invalid JSON for /));
  });
});

describe('the description', () => {
  it('of the REST side is served', async () => {
    const response = await fetch(`${running.origin}/openapi.json`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      openapi: '3.1.0',
      paths: { '/vision/v1/batchAnalyze': { post: {} }, '/iam/v1/tokens': {} },
    });
  });
});

describe('headers', () => {
  it('name the request and its trace, on success and on failure', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    for (const content of [body(), '{']) {
      const { headers } = await send(content, { traceparent, 'x-client-request-id': 'mine' });
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
      expect(headers.get('x-server-trace-id')).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    }
    const { headers } = await send('{', { traceparent: 'nonsense' });
    expect(headers.get('x-server-trace-id')).toMatch(/^[\da-f]{32}$/);
  });

  it('say which verbs a path takes', async () => {
    const response = await fetch(running.origin + path, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([501, 'POST']);
  });

  it('set a deadline', async () => {
    const late = await send(body(), { 'grpc-timeout': '1m' });
    expect([late.status, late.json]).toEqual([504, expect.objectContaining({ code: 4 })]);
    const wrong = await send(body(), { 'grpc-timeout': 'soon' });
    expect([wrong.status, wrong.json]).toEqual(invalid(/Invalid header grpc-timeout: must be/));
    expect((await send(body(), { 'grpc-timeout': '1M' })).status).toBe(200);
  });

  it('take no parameters of a query where the body is the request', async () => {
    const response = await fetch(`${running.origin}${path}?folderId=x`, {
      method: 'POST',
      body: body(),
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, await response.json()]).toEqual(invalid(/\n {2}- folderId: is taken from the body/));
  });
});

/** Sends bytes as they are and gives all that comes back. */
function raw(bytes: string, hangUp = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(running.origin).port), '127.0.0.1', () => {
      socket.write(bytes, () => {
        if (hangUp) socket.destroy();
      });
    });
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      // A connection that is kept alive stays open after its answer.
      if (answer.trimEnd().endsWith('}')) socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
  });
}
