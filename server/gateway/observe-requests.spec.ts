import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { BlockList } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Authenticate } from '../auth/principal.js';
import { ownOrigin } from '../auth/request-origin.js';
import { VisionError } from '../errors/errors.js';
import type { BoundMethod } from '../pipeline/call.js';
import type { IncomingCall } from '../pipeline/incoming-call.js';
import { createIntake } from '../pipeline/intake.js';
import type { Log } from '../telemetry/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { readMetrics } from '../telemetry/read-metrics.js';
import { Readiness } from '../telemetry/readiness.js';
import { addErrorHandlers, createGateway } from './gateway.js';
import { addHealthRoutes } from './health-routes.js';
import { addMetricsRoute } from './metrics-route.js';

let metrics: Metrics;
let logged: Array<readonly [string, unknown]>;
let asked: IncomingCall[];
let answer: BoundMethod['call'];
let authenticate: Authenticate;
let server: Server;
let origin: string;

const note =
  (level: string): Log['info'] =>
  (message, fields) =>
    void logged.push([`${level} ${message}`, fields]);
const log: Log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };

beforeEach(async () => {
  metrics = new Metrics({ version: '', byFolder: true });
  logged = [];
  asked = [];
  authenticate = async () => ({ id: 'anonymous', folders: 'any', isAdministrator: true });
  answer = async () => ({ headers: {}, folder: 'f', response: Buffer.alloc(0) });
  const method: BoundMethod = {
    path: '/visiond.index.v1.ImageIndexService/GetImage',
    isPublic: true,
    limits: { messageBytes: 100, jsonBytes: 100 },
    call(incoming, readRequest) {
      asked.push(incoming);
      return answer(incoming, readRequest);
    },
  };
  const proxies = new BlockList();
  proxies.addAddress('127.0.0.1');
  const intake = createIntake({ proxies });
  const options = { compat: 'yandex', version: '', log, metrics, intake } as const;
  const app = createGateway([method], options);
  addHealthRoutes(app, new Readiness(log));
  addMetricsRoute(app, {
    checkOrigin: ownOrigin({ isComplete: true, names: [], certificate: undefined }),
    authenticate: (authorization) => authenticate(authorization),
    metrics,
    intake,
  });
  addErrorHandlers(app, options);
  server = createServer(app);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Requests that were counted, by method, route, status and folder, once all are over. */
async function counted(requests: number): Promise<string[]> {
  const labels = async (): Promise<string[]> =>
    readMetrics(await metrics.print({ isAdministrator: true }))
      .filter(({ name }) => name === 'http_server_requests_total')
      .flatMap(({ labels: { method, route, status, folder = '-' }, value }) =>
        Array<string>(value).fill(`${method} ${route} ${status} ${folder}`),
      );
  await vi.waitFor(async () => expect(await labels()).toHaveLength(requests));
  return labels();
}

const route = '/index/v1/images/{id}';
const line = { peer: '127.0.0.1', transport: 'rest', milliseconds: expect.any(Number) };

describe('HTTP requests', () => {
  it('are counted by route, never by path', async () => {
    for (const id of ['a', 'b?token=x']) expect((await fetch(`${origin}/index/v1/images/${id}`)).status).toBe(200);
    expect(await counted(2)).toEqual(Array(2).fill(`GET ${route} 200 f`));
    expect(asked[0]).toMatchObject({ peer: '127.0.0.1', http: { verb: 'GET', route } });
    // The pipeline logs them.
    expect(logged).toEqual([]);
  });

  it('are counted as 499 when their client leaves', async () => {
    const came = new Promise<void>((resolve) => {
      answer = async ({ disconnected }) => {
        resolve();
        await once(disconnected, 'abort');
        return { headers: {}, response: Buffer.alloc(0) };
      };
    });
    const client = httpRequest(`${origin}/index/v1/images/a`);
    client.on('error', () => {});
    client.end();
    await came;
    client.destroy();
    expect(await counted(1)).toEqual([`GET ${route} 499 -`]);
  });

  it('carry the timing of their stages', async () => {
    answer = async () => ({ headers: {}, timing: 'queue;dur=1, total;dur=2', response: Buffer.alloc(0) });
    const { headers } = await fetch(`${origin}/index/v1/images/a`);
    expect(headers.get('server-timing')).toBe('queue;dur=1, total;dur=2');
  });

  it('leave a malformed grpc-timeout to the pipeline, which logs it', async () => {
    answer = async (incoming) => ({ headers: {}, response: Buffer.from(String(incoming.deadline)) });
    expect((await fetch(`${origin}/index/v1/images/a`, { headers: { 'grpc-timeout': 'soon' } })).status).toBe(400);
    expect(asked).toHaveLength(1);
  });
});

describe('what reaches no method', () => {
  const requestId = expect.stringMatching(/^[\da-f-]{36}$/);

  it('is logged and counted: unknown paths', async () => {
    const long = `/${'x'.repeat(1000)}`;
    expect((await fetch(`${origin}${long}?token=secret`)).status).toBe(404);
    expect(await counted(1)).toEqual(['GET unknown 404 -']);
    const fields = { verb: 'GET', path: long.slice(0, 256), status: 404, reason: 'UNKNOWN_PATH' };
    expect(logged).toEqual([['info request', { ...line, requestId, ...fields }]]);
  });

  it('is logged with the client of a trusted proxy', async () => {
    await fetch(`${origin}/nowhere`, { headers: { 'x-forwarded-for': '192.0.2.1, 192.0.2.7' } });
    await counted(1);
    expect(logged[0]?.[1]).toMatchObject({ peer: '192.0.2.7', path: '/nowhere' });
  });

  it('is logged and counted: wrong verbs', async () => {
    expect((await fetch(`${origin}/index/v1/images/a`, { method: 'PUT' })).status).toBe(501);
    expect(await counted(1)).toEqual([`PUT ${route} 501 -`]);
    const fields = { verb: 'PUT', path: '/index/v1/images/a', status: 501, reason: 'WRONG_VERB' };
    expect(logged).toEqual([['info request', { ...line, requestId, ...fields }]]);
  });

  it('is logged for debugging alone: health checks and scrapes', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) await (await fetch(`${origin}${path}`)).text();
    expect(await counted(3)).toEqual(['GET /healthz 200 -', 'GET /readyz 200 -', 'GET /metrics 200 -']);
    expect(logged.map(([message]) => message)).toEqual(Array(3).fill('debug request'));
  });
});

describe('GET /metrics', () => {
  it('prints the metrics for Prometheus', async () => {
    const response = await fetch(`${origin}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toContain('# TYPE visiond_ready gauge\n');
  });

  it('is closed to web pages of other sites', async () => {
    const { status } = await fetch(`${origin}/metrics`, { headers: { origin: 'http://evil.example' } });
    expect(status).toBe(403);
    await counted(1);
    const fields = { path: '/metrics', status: 403, reason: 'ORIGIN_NOT_ALLOWED' };
    expect(logged).toEqual([['info request', expect.objectContaining(fields)]]);
  });

  it('knows the host that the client of a trusted proxy called', async () => {
    const called = async (host: string): Promise<number> =>
      (await fetch(`${origin}/metrics`, { headers: { 'x-forwarded-host': host } })).status;
    expect([await called('evil.example'), await called('localhost')]).toEqual([403, 200]);
  });

  it('takes the credentials that calls take', async () => {
    const given: Array<string | undefined> = [];
    authenticate = (authorization) => {
      given.push(authorization);
      return authorization === 'Bearer good'
        ? Promise.resolve({ id: 'k', folders: ['f'], isAdministrator: false })
        : Promise.reject(VisionError.of('CREDENTIALS_REQUIRED'));
    };
    const refused = await fetch(`${origin}/metrics`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer, Api-Key']);
    expect((await fetch(`${origin}/metrics`, { headers: { authorization: 'Bearer good' } })).status).toBe(200);
    expect(given).toEqual([undefined, 'Bearer good']);
  });
});
