import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { faceDetection } from '../client/index.js';
import { methodDescriptor } from '../server/contract/descriptors.js';
import { bindingsOf } from '../server/gateway/http-rules.js';
import { fixture } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

const methods = [
  '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze',
  ...[
    'AddImage',
    'GetImage',
    'DeleteImage',
    'ListImages',
    'SearchImages',
    'ComputeSignature',
    'GetStats',
    'CompactIndex',
  ].map((name) => `/visiond.index.v1.ImageIndexService/${name}`),
  '/yandex.cloud.endpoint.ApiEndpointService/Get',
  '/yandex.cloud.endpoint.ApiEndpointService/List',
  '/yandex.cloud.iam.v1.IamTokenService/Create',
];

let folder: string;
let servers: TestServer[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-origin-'));
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(flags: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const server = await startTestServer({ workers: '1', 'data-dir': join(folder, String(servers.length)), ...flags });
  servers.push(server);
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

/** A request over HTTP/1.1 with the headers that a browser would set. */
function rest(
  { server }: TestServer,
  verb: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: server.address.port, method: verb, path, headers },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.once('end', () => resolve({ status: response.statusCode, text }));
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}

/** The status of an empty call over gRPC. */
function grpc({ origin }: TestServer, path: string, headers: Record<string, string>): Promise<string> {
  const session = connect(origin);
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const done = (received: IncomingHttpHeaders): void => {
      const [status] = [received['grpc-status']].flat();
      if (status === undefined) return;
      session.destroy();
      resolve(status);
    };
    stream.once('response', done);
    stream.once('trailers', done);
    stream.once('error', reject);
    stream.resume();
    stream.end(Buffer.alloc(5));
  });
}

const content = (): string => fixture('line-english.png').toString('base64');

describe('a server without authentication', () => {
  it('refuses pages of other sites, and other names, for every method and protocol', async () => {
    const server = await start();
    const strangers = [{ origin: 'https://evil.example' }, { host: 'evil.example:8080' }];
    for (const path of methods) {
      for (const headers of strangers) {
        const [binding] = bindingsOf(methodDescriptor(path));
        const url = binding?.template.openApiPath.replaceAll(/\{[^}]*\}/g, 'x') ?? '';
        const { status, text } = await rest(server, binding?.verb ?? '', url, {
          'content-type': 'text/plain',
          ...headers,
        });
        expect([path, status, text]).toEqual([
          path,
          403,
          expect.stringMatching(/"reason": "(HOST|ORIGIN)_NOT_ALLOWED"/),
        ]);
      }
      expect([path, await grpc(server, path, { origin: 'https://evil.example' })]).toEqual([path, '7']);
      expect([path, await grpc(server, path, { ':authority': 'evil.example:8080' })]).toEqual([path, '7']);
    }
    expect(
      await grpc(server, '/visiond.index.v1.ImageIndexService/AddImages', { origin: 'https://evil.example' }),
    ).toBe('7');
    expect(await server.client.analyze(fixture('line-english.png'), [faceDetection()])).toMatchObject([
      { error: undefined },
    ]);
  });

  it('cannot be made to add or delete by a page', async () => {
    const server = await start();
    const add = JSON.stringify({ id: 'a', content: content() });
    expect((await rest(server, 'POST', '/index/v1/images', {}, add)).status).toBe(200);
    const page = { origin: 'http://localhost:3000', 'content-type': 'text/plain' };
    expect((await rest(server, 'POST', '/index/v1/images', page, add.replace('"a"', '"b"'))).status).toBe(403);
    expect((await rest(server, 'DELETE', '/index/v1/images/a', page)).status).toBe(403);
    const { text } = await rest(server, 'GET', '/index/v1/images', {});
    expect([...text.matchAll(/"id": "(\w)"/g)].map(([, id]) => id)).toEqual(['a']);
  });

  it('answers its own pages, health checks by any name, and the names that the operator gives', async () => {
    const server = await start({ 'allowed-hosts': 'vision.example, 10.1.2.3', advertise: 'told.example:443' });
    const stats = (headers: Record<string, string>): Promise<Answer> => rest(server, 'GET', '/index/v1/stats', headers);
    for (const host of ['vision.example', '10.1.2.3:80', 'told.example', 'localhost', server.endpoint]) {
      expect((await stats({ host })).status).toBe(200);
    }
    expect((await stats({ origin: server.origin, host: server.endpoint })).status).toBe(200);
    expect((await stats({ host: 'evil.example' })).text).toContain('Host \\"evil.example\\" is not allowed.');
    for (const path of ['/healthz', '/readyz']) {
      expect((await rest(server, 'GET', path, { host: '10.9.9.9' })).status).toBe(200);
    }
    expect(await grpc(server, '/grpc.health.v1.Health/Check', { ':authority': '10.9.9.9' })).toBe('0');
  });

  it('with --insecure looks at names only where some are given, and at pages always', async () => {
    const open = await start({ insecure: 'true' });
    const closed = await start({ insecure: 'true', 'allowed-hosts': 'vision.example' });
    const status = async (server: TestServer, headers: Record<string, string>): Promise<number | undefined> =>
      (await rest(server, 'GET', '/index/v1/stats', headers)).status;
    expect(await status(open, { host: 'any.example' })).toBe(200);
    expect(await status(open, { host: 'any.example', origin: 'https://evil.example' })).toBe(403);
    expect(await status(closed, { host: 'any.example' })).toBe(403);
    expect(await status(closed, { host: 'vision.example' })).toBe(200);
  });

  it('is guarded by a gateway in front of it as well', async () => {
    const server = await start();
    const gateway = await start({ upstream: server.endpoint });
    expect((await rest(gateway, 'GET', '/index/v1/stats', {})).status).toBe(200);
    expect((await rest(gateway, 'GET', '/index/v1/stats', { host: 'evil.example' })).status).toBe(403);
    expect(
      (await rest(gateway, 'POST', '/vision/v1/batchAnalyze', { origin: 'https://evil.example' }, '{}')).status,
    ).toBe(403);
  });
});

describe('a server with keys', () => {
  it('asks for them, whatever it is called and wherever a page comes from', async () => {
    const server = await start({ auth: 'keys' });
    expect(
      (await rest(server, 'GET', '/index/v1/stats', { host: 'any.example', origin: 'https://any.other' })).status,
    ).toBe(401);
  });
});
