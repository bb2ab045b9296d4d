import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ListApiEndpointsResponse } from '../gen/yandex/cloud/endpoint/api_endpoint_service.js';
import { openCall } from './http2-call.js';
import { startTestServer, type TestServer } from './server.js';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(flags: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const server = await startTestServer({ workers: '1', ...flags });
  servers.push(server);
  return server;
}

/** The addresses of the services that a server tells its clients, over REST. */
async function addresses(
  { server }: TestServer,
  headers: Record<string, string>,
): Promise<{ status: number | undefined; addresses: string[] }> {
  const request = httpRequest({ host: '127.0.0.1', port: server.address.port, path: '/endpoints', headers }).end();
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = await response.toArray();
  const found = Buffer.concat(chunks)
    .toString()
    .matchAll(/"address": "([^"]*)"/g);
  return { status: response.statusCode, addresses: [...new Set(Array.from(found, ([, address = '']) => address))] };
}

/** The same over gRPC. */
async function grpcAddresses({ origin }: TestServer, headers: Record<string, string>): Promise<string[]> {
  const session = connect(origin);
  const call = openCall(session, '/yandex.cloud.endpoint.ApiEndpointService/List', headers);
  call.end(Buffer.alloc(5));
  const chunks: Buffer[] = await call.toArray();
  session.destroy();
  const { endpoints } = ListApiEndpointsResponse.decode(Buffer.concat(chunks).subarray(5));
  return [...new Set(endpoints.map(({ address }) => address))];
}

const forwarded = { 'x-forwarded-host': 'public.example' };

describe('the name of the server in the headers of a proxy', () => {
  it('is believed from nobody by default', async () => {
    const server = await start();
    expect(await addresses(server, forwarded)).toEqual({ status: 200, addresses: [server.endpoint] });
    expect(await grpcAddresses(server, forwarded)).toEqual([server.endpoint]);
  });

  it('is believed from a trusted proxy, and must be allowed', async () => {
    const trusting = { 'trusted-proxies': '127.0.0.0/8' };
    const server = await start({ ...trusting, 'allowed-hosts': 'public.example' });
    expect(await addresses(server, forwarded)).toEqual({ status: 200, addresses: ['public.example'] });
    expect(await grpcAddresses(server, forwarded)).toEqual(['public.example']);
    expect((await addresses(await start(trusting), forwarded)).status).toBe(403);
  });

  it('comes from a gateway in front of the server where it is trusted', async () => {
    const trusting = { 'trusted-proxies': '127.0.0.1', 'allowed-hosts': 'public.example' };
    const server = await start(trusting);
    const gateway = await start({ ...trusting, upstream: server.endpoint });
    expect(await addresses(gateway, forwarded)).toEqual({ status: 200, addresses: ['public.example'] });
  });
});

describe('every answer over HTTP', () => {
  it('forbids browsers to guess, to run and to show it, and to keep those of methods', async () => {
    const { origin, server } = await start();
    const secure = ["default-src 'none'; frame-ancestors 'none'", 'nosniff'];
    for (const [path, status, caching] of [
      ['/endpoints', 200, 'no-store'],
      ['/endpoints/none', 404, 'no-store'],
      ['/nowhere', 404, 'no-store'],
      ['/healthz', 200, null],
      ['/openapi.json', 200, null],
    ] as const) {
      const { headers, status: answered } = await fetch(origin + path);
      expect([path, answered, headers.get('cache-control')]).toEqual([path, status, caching]);
      expect([headers.get('content-security-policy'), headers.get('x-content-type-options')]).toEqual(secure);
    }
    const socket = connectTcp(server.address.port, '127.0.0.1');
    socket.write('nonsense\r\n\r\n');
    const chunks: Buffer[] = await socket.toArray();
    const text = Buffer.concat(chunks).toString();
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    for (const value of secure) expect(text).toContain(`: ${value}\r\n`);
  });
});
