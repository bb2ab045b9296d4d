import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { textDetection } from '../client/index.js';
import { createKeyStore } from '../server/auth/key-store.js';
import { makeDevCertificates } from '../server/cli/setup/dev-certificates.js';
import { readConfig } from '../server/config.js';
import { startServer } from '../server/start-server.js';
import { silentLog } from '../server/telemetry/log.js';
import { version } from '../server/version.js';
import { fixture } from './fixtures.js';
import { serveGrpc } from './grpc-peer.js';
import { bin, visiond } from './run-cli.js';
import { post, startTestServer, type TestServer } from './server.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-status-'));
const opened: Array<() => unknown> = [];

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});
afterAll(() => rmSync(root, { recursive: true }));

/** A server in front of another one, of which it never learns that it is ready, or at once. */
async function startFront(flags: Readonly<Record<string, string>>, isReady: boolean): Promise<string> {
  const upstream = await serveGrpc({ '/grpc.health.v1.Health/Check': () => Buffer.from([8, isReady ? 1 : 2]) });
  const config = readConfig({ listen: '127.0.0.1:0', upstream: `127.0.0.1:${upstream.port}`, ...flags }, {});
  const server = await startServer(config, silentLog);
  opened.push(() => server.close(), upstream.stop);
  if (isReady) await server.ready;
  return `127.0.0.1:${server.address.port}`;
}

async function serveOther(answer: string): Promise<string> {
  const other: Server = createServer((_request, response) => response.end(answer));
  await once(other.listen(0, '127.0.0.1'), 'listening');
  opened.push(() => other.close());
  const address = other.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

describe('visiond health', () => {
  it('says nothing about a server that is ready', async () => {
    const endpoint = await startFront({}, true);
    expect(await visiond(['health', '--endpoint', endpoint])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('says why a server is not ready', async () => {
    const endpoint = await startFront({}, false);
    expect(await visiond(['health', '--endpoint', endpoint])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The upstream server is unreachable or not ready.\n',
    });
  });

  it('tells a server that is away from one that is not ready', async () => {
    expect(await visiond(['health', '--endpoint', '127.0.0.1:1'])).toEqual({
      code: 3,
      stdout: '',
      stderr: 'Nothing listens on 127.0.0.1:1.\n',
    });
    const other = await serveOther('<html>');
    const answer = `${other} answers, but is no visiond.\n`;
    expect(await visiond(['health', '--endpoint', other])).toEqual({ code: 3, stdout: '', stderr: answer });
  });

  it('trusts the CA that it is given', async () => {
    const certificates = join(root, 'certs');
    await makeDevCertificates(certificates, ['localhost']);
    const file = (name: string): string => join(certificates, name);
    const flags = { 'tls-cert': file('server.pem'), 'tls-key': file('server-key.pem') };
    const endpoint = (await startFront(flags, true)).replace('127.0.0.1', 'localhost');
    expect((await visiond(['health', '--endpoint', endpoint, '--tls-ca', file('ca.pem')])).code).toBe(0);
    const untrusted = await visiond(['health', '--endpoint', endpoint, '--tls']);
    expect([untrusted.code, untrusted.stderr]).toEqual([3, expect.stringContaining('cannot be reached: ')]);
    const plain = await visiond(['health', '--endpoint', endpoint]);
    expect([plain.code, plain.stderr]).toEqual([3, expect.stringMatching(/cannot be reached: .*--tls/)]);
  });

  it('loads nothing that a container would wait for: no dependency at all', () => {
    const hooks = 'export async function load(url, context, next) { console.error(url); return next(url, context); }';
    const register = `import { register } from 'node:module'; register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(hooks))});`;
    const args = ['--import', `data:text/javascript,${encodeURIComponent(register)}`, bin, 'health'];
    const { stderr } = spawnSync(process.execPath, [...args, '--endpoint', '127.0.0.1:1'], { encoding: 'utf8' });
    const loaded = stderr.split('\n').filter((line) => /^(file|node):/.test(line));
    expect(loaded.length).toBeGreaterThan(10);
    expect(loaded.filter((url) => url.includes('/node_modules/'))).toEqual([]);
    expect(loaded.length).toBeLessThan(60);
  });
});

describe('visiond status', () => {
  const data = join(root, 'data');
  let running: TestServer;
  let key: string;

  beforeAll(async () => {
    ({ key } = await createKeyStore(data).createApiKey({ name: 'p', folders: ['f'], administrator: true }));
    running = await startTestServer({ workers: '1', auth: 'keys', 'data-dir': data });
    const headers = { authorization: `Bearer ${key}` };
    const content = fixture('line-english.png').toString('base64');
    const body = JSON.stringify({ analyzeSpecs: [{ content, features: [{ type: 'TEXT_DETECTION' }] }] });
    const response = await fetch(`${running.origin}/vision/v1/batchAnalyze`, { method: 'POST', headers, body });
    if (response.status !== 200) throw new Error(await response.text());
    // Without credentials.
    await post(running.origin, {});
    await running.client.analyze(Buffer.alloc(1), [textDetection()]).catch(() => {});
    // The engine tells twice a second what its threads do.
    const status = ['status', '--endpoint', running.endpoint, '--api-key', key];
    await vi.waitUntil(async () => / idle$/m.test((await visiond(status)).stdout), { timeout: 10_000 });
  });
  afterAll(() => running.close());

  it('prints the state and the figures of a server', async () => {
    const { code, stdout, stderr } = await visiond(['status', '--endpoint', running.endpoint], {
      VISIOND_API_KEY: key,
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^visiond ${version} at ${running.endpoint}, up .+: ready\n\n`));
    expect(stdout).toMatch(/^ {2}Queue +0 waiting, 0\.0 megapixels in flight$/m);
    expect(stdout).toMatch(/^ {2}Workers +1 idle$/m);
    expect(stdout).toMatch(/^ {2}Memory +\d+ MB server, \d+ MB engine/m);
    expect(stdout).toMatch(/^ {2}Engine +no restarts$/m);
    expect(stdout).toMatch(/^ {2}gRPC calls +1 Unauthenticated$/m);
    expect(stdout).toMatch(/^ {2}HTTP requests +1 200, 1 401$/m);
    expect(stdout).toMatch(/^ {2}Refused +2 CREDENTIALS_REQUIRED$/m);
    expect(stdout).toMatch(/^ {2}Models +\d+ ready$/m);
    expect(stdout).toMatch(/^ {2}Index +0 images, /m);
  });

  it('prints JSON', async () => {
    const args = ['status', '--json', '--endpoint', running.endpoint, '--api-key', key];
    const { code, stdout } = await visiond(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      endpoint: running.endpoint,
      ready: true,
      reason: '',
      warnings: [],
      version,
      uptimeSeconds: expect.any(Number),
      queue: { images: 0, pixelsInFlight: 0, dropped: {} },
      workers: { busy: 0, idle: 1, stopped: 0 },
      memory: { serverBytes: expect.any(Number), engineBytes: expect.any(Number) },
      calls: { grpc: { Unauthenticated: 1 }, http: { 200: 1, 401: 1 } },
      refusals: { CREDENTIALS_REQUIRED: 2 },
      index: { images: 0 },
    });
  });

  it('prints what it can without credentials', async () => {
    const { code, stdout, stderr } = await visiond(['status', '--endpoint', running.endpoint]);
    expect([code, stdout]).toEqual([1, `visiond at ${running.endpoint}: ready\n`]);
    expect(stderr).toMatch(/give --api-key or VISIOND_API_KEY\.\n$/);
  });

  it('says why a server is not ready, and when it is away', async () => {
    const endpoint = await startFront({}, false);
    const { code, stdout } = await visiond(['status', '--endpoint', endpoint]);
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining(': not ready. The upstream server is unreachable or not ready.\n'),
    ]);
    expect((await visiond(['status', '--endpoint', '127.0.0.1:1'])).code).toBe(3);
  });
});
