import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVisionClient, textDetection } from '../client/index.js';
import { makeDevCertificates } from '../server/cli/setup/dev-certificates.js';
import { readConfig } from '../server/config.js';
import { plainTextOf } from '../server/features/text-detection/plain-text.js';
import { startServer, type RunningServer } from '../server/start-server.js';
import { silentLog } from '../server/telemetry/log.js';
import { fixture } from './fixtures.js';

const execute = promisify(execFile);
const hasCurl = spawnSync('curl', ['--version']).status === 0;
let folder: string;
let ca: Buffer;
let server: RunningServer;
let strict: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visiond-tls-'));
  const files = await makeDevCertificates(folder, ['scanner.example'], ['camera']);
  ca = await readFile(files.ca);
  const flags = { listen: '127.0.0.1:0', workers: '1', 'tls-cert': files.cert, 'tls-key': files.key };
  server = await startServer(readConfig(flags, {}), silentLog);
  strict = await startServer(readConfig({ ...flags, 'tls-client-ca': files.ca }, {}), silentLog);
  await Promise.all([server.ready, strict.ready]);
});
afterAll(async () => {
  await Promise.all([server.close(), strict.close()]);
  await rm(folder, { recursive: true });
});

const endpoint = (of = server): string => `localhost:${of.address.port}`;

function get(path: string, options: object = {}): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(`https://${endpoint()}${path}`, { ca, agent: false, ...options }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.once('end', () => resolve({ status: response.statusCode, body }));
    });
    call.once('error', reject);
    call.end();
  });
}

/** What a handshake comes to. */
function handshake(
  options: { ALPNProtocols?: string[]; servername?: string },
  of = server,
): Promise<{ protocol: unknown; serial: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { port: of.address.port, host: '127.0.0.1', servername: 'localhost', ca, ...options },
      () => {
        resolve({ protocol: socket.alpnProtocol, serial: socket.getPeerCertificate().serialNumber });
        socket.destroy();
      },
    );
    socket.once('error', reject);
  });
}

async function read(client: ReturnType<typeof createVisionClient>): Promise<string> {
  const [result] = await client.analyze(fixture('line-english.png'), [
    textDetection({ languageCodes: ['en'], model: 'line' }),
  ]);
  return plainTextOf(result);
}

describe('one port with TLS', () => {
  it('gives HTTP/1.1 to whoever offers it, else HTTP/2', async () => {
    expect((await handshake({ ALPNProtocols: ['h2', 'http/1.1'] })).protocol).toBe('http/1.1');
    expect((await handshake({ ALPNProtocols: ['h2'] })).protocol).toBe('h2');
    expect((await handshake({})).protocol).toBe(false);
    await expect(handshake({ ALPNProtocols: ['spdy/1'] })).rejects.toThrow('alert');
  });

  it('answers REST and gRPC', async () => {
    expect(await get('/readyz')).toEqual({ status: 200, body: '{"status":"ready"}' });
    const client = createVisionClient({ endpoint: endpoint(), tls: { ca } });
    expect(await read(client)).toBe('Only one line of text here\n');
    client.close();
  });

  it('has a certificate for the original host name and for those asked for', async () => {
    for (const servername of ['vision.api.cloud.yandex.net', 'iam.api.cloud.yandex.net', 'scanner.example']) {
      await expect(handshake({ servername })).resolves.toBeDefined();
    }
    await expect(handshake({ servername: 'other.example' })).rejects.toThrow("does not match certificate's altnames");
  });

  it.skipIf(!hasCurl)('answers curl', async () => {
    const url = `https://vision.api.cloud.yandex.net:${server.address.port}/healthz`;
    const resolve = `vision.api.cloud.yandex.net:${server.address.port}:127.0.0.1`;
    const args = ['-sS', '--noproxy', '*', '--cacert', join(folder, 'ca.pem'), '--resolve', resolve, url];
    expect((await execute('curl', args)).stdout).toBe('{"status":"ok"}');
  });

  it('speaks nothing else', async () => {
    await expect(fetch(`http://127.0.0.1:${server.address.port}/healthz`)).rejects.toThrow('fetch failed');
    const client = createVisionClient({ endpoint: endpoint(), timeoutMs: 2000 });
    await expect(read(client)).rejects.toMatchObject({ code: expect.toBeOneOf([4, 14]) });
    client.close();
  });
});

describe('client certificates', () => {
  it('are asked for where there is an authority for them', async () => {
    const without = createVisionClient({ endpoint: endpoint(strict), tls: { ca }, timeoutMs: 2000 });
    await expect(read(without)).rejects.toMatchObject({ code: expect.toBeOneOf([4, 14]) });
    without.close();
    const [cert, key] = await Promise.all(
      ['client-camera.pem', 'client-camera-key.pem'].map((name) => readFile(join(folder, name))),
    );
    if (cert === undefined || key === undefined) throw new Error('no certificate');
    const client = createVisionClient({ endpoint: endpoint(strict), tls: { ca, cert, key } });
    expect(await read(client)).toBe('Only one line of text here\n');
    client.close();
  });
});

describe('reload', () => {
  it('takes a new certificate, and keeps the old one when the new one is wrong', async () => {
    const before = await handshake({});
    expect((await makeDevCertificates(folder, [])).reusedCa).toBe(true);
    expect((await handshake({})).serial).toBe(before.serial);
    await server.reload();
    const after = await handshake({});
    expect(after.serial).not.toBe(before.serial);
    await writeFile(join(folder, 'server-key.pem'), 'nonsense');
    await expect(server.reload()).rejects.toThrow(/PEM|DECODER/);
    expect((await handshake({})).serial).toBe(after.serial);
  });
});

describe('settings', () => {
  it.each([
    [{ 'tls-cert': 'x' }, '--tls-cert and --tls-key must be set together.'],
    [{ 'tls-key': 'x' }, '--tls-cert and --tls-key must be set together.'],
    [{ 'tls-client-ca': 'x' }, '--tls-client-ca requires --tls-cert'],
  ])('%j are refused', (flags, problem) => {
    expect(() => readConfig(flags, {})).toThrow(problem);
  });

  it('that name no file end the start', async () => {
    const config = readConfig(
      { listen: '127.0.0.1:0', workers: '1', 'tls-cert': 'nowhere.pem', 'tls-key': 'nowhere.pem' },
      {},
    );
    await expect(startServer(config, silentLog)).rejects.toThrow('nowhere.pem');
  });
});
