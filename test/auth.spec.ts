import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { credentials } from '@grpc/grpc-js';
import { exportJWK, generateKeyPair, importPKCS8, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVisionClient, type VisionCallError } from '../client/index.js';
import {
  ApiEndpointServiceClient,
  type ListApiEndpointsResponse,
} from '../gen/yandex/cloud/endpoint/api_endpoint_service.js';
import { readConfig } from '../server/config.js';
import { repositoryRoot } from '../server/paths.js';
import { startTestServer, type TestServer } from './server.js';

const execute = promisify(execFile);
const path = '/vision/v1/batchAnalyze';
const method = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';
const folder = mkdtempSync(join(tmpdir(), 'visiond-auth-'));
let running: TestServer;

beforeAll(async () => {
  running = await startTestServer({ auth: 'keys', 'data-dir': folder, workers: '1' });
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

async function keys(...args: string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [
    join(repositoryRoot, 'server/bin/visiond.js'),
    'keys',
    ...args,
    '--data-dir',
    folder,
  ]);
  return stdout;
}

async function newKey(...folders: string[]): Promise<{ id: string; key: string }> {
  const output = await keys('create', ...folders.flatMap((each) => ['--folder', each]));
  const [, id = '', key = ''] = /^Key (\w+) created\.[^]*?\n\n(\S+)\n/.exec(output) ?? [];
  return { id, key };
}

interface Answer {
  readonly status: number;
  readonly code: unknown;
  readonly message: unknown;
}

/** A call that ends in validation when it is let in: code 3 with a text of its own. */
async function call(
  authorization: string | undefined,
  body: object = {},
  headers: Record<string, string> = {},
  of = running,
): Promise<Answer> {
  const response = await fetch(of.origin + path, {
    method: 'POST',
    headers: { ...headers, ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify(body),
  });
  const json: unknown = await response.json();
  return {
    status: response.status,
    code: Reflect.get(Object(json), 'code'),
    message: Reflect.get(Object(json), 'message'),
  };
}

const letIn = {
  status: 400,
  code: 3,
  message: expect.stringContaining('analyze_specs: must have 1 to 8 elements, has 0'),
};
const refused = { status: 401, code: 16, message: 'Token is invalid or has expired.' };

describe('keys', () => {
  it('let in by either scheme, over both protocols, and only until they are revoked', async () => {
    const { id, key } = await newKey('b1g');
    for (const scheme of ['Api-Key', 'Bearer', 'api-key', 'BEARER']) {
      expect(await call(`${scheme} ${key}`)).toEqual(letIn);
    }
    const client = createVisionClient({ endpoint: running.endpoint, apiKey: key });
    const ask = () =>
      client
        .batchAnalyze({ analyzeSpecs: [], folderId: 'b1g' })
        .catch((error: VisionCallError) => [error.code, error.message]);
    expect(await ask()).toEqual([3, letIn.message]);
    expect(await keys('list')).toMatch(new RegExp(`^${id}  API key  \\S+  folders b1g$`, 'm'));
    expect(await keys('revoke', id)).toBe(`Key ${id} is revoked.\n`);
    expect(await call(`Api-Key ${key}`)).toEqual(refused);
    expect(await ask()).toEqual([16, refused.message]);
    client.close();
  });

  it.each([undefined, '', 'Basic dXNlcjpwYXNz', 'Bearer', 'Bearer a b'])(
    'are asked for where there is %j',
    async (authorization) => {
      const answer = await call(authorization);
      expect(answer).toEqual({
        status: 401,
        code: 16,
        message: expect.stringContaining('Authorization: Bearer TOKEN'),
      });
    },
  );

  it.each(['Api-Key wrong', 'Bearer a.b.c', `Bearer vd_00_${'A'.repeat(43)}`])(
    'are told from %s',
    async (authorization) => {
      expect(await call(authorization)).toEqual(refused);
    },
  );

  it('are bound to their folders', async () => {
    const [one, two, any] = await Promise.all([newKey('b1g'), newKey('b1g', 'b2g'), newKey('*')]);
    expect(await call(`Api-Key ${one.key}`, { folderId: 'b1g' })).toEqual(letIn);
    expect(await call(`Api-Key ${one.key}`, { folderId: 'b2g' })).toEqual({
      status: 400,
      code: 3,
      message: "Specified folder ID 'b2g' does not match with service account folder ID 'b1g'",
    });
    expect(await call(`Api-Key ${two.key}`, { folderId: 'b2g' })).toEqual(letIn);
    expect(await call(`Api-Key ${two.key}`, {}, { 'x-folder-id': 'b2g' })).toEqual(letIn);
    expect(await call(`Api-Key ${two.key}`)).toMatchObject({
      status: 401,
      message: 'You have to specify folder ID for user account',
    });
    // Authorization comes before validation: a stranger learns nothing about what is valid.
    expect(await call(`Api-Key ${two.key}`, { folderId: 'b3g' })).toEqual({
      status: 403,
      code: 7,
      message: 'Permission denied',
    });
    expect(await call(`Api-Key ${any.key}`, { folderId: 'b3g' })).toEqual(letIn);
  });

  it('are looked at before the body is sent', async () => {
    const { port } = new URL(running.origin);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{"analyzeSpecs":[`),
      );
      socket.once('data', (chunk: Buffer) => {
        socket.destroy();
        resolve(chunk.toString());
      });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 401 [^]*www-authenticate: Bearer, Api-Key/i);
    const session = connectHttp2(running.origin);
    const stream = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const status = await new Promise((resolve) =>
      stream.once('response', (headers) => resolve(headers['grpc-status'])),
    );
    expect(status).toBe('16');
    session.destroy();
  });
});

describe('discovery', () => {
  it('sends SDKs to the address that they call', async () => {
    const expected = ['ai-vision', 'endpoint', 'iam'].map((id) => ({ id, address: running.endpoint }));
    expect(await (await fetch(`${running.origin}/endpoints?pageSize=100`)).json()).toEqual({ endpoints: expected });
    expect(await (await fetch(`${running.origin}/endpoints/ai-vision`)).json()).toEqual(expected[0]);
    const client = new ApiEndpointServiceClient(running.endpoint, credentials.createInsecure());
    const listed = await new Promise<ListApiEndpointsResponse | undefined>((resolve) => {
      client.list({ pageSize: 0n, pageToken: '' }, (_error, response) => resolve(response));
    });
    expect(listed?.endpoints).toEqual(expected);
    client.close();
  });

  it.each([
    ['/endpoints/compute', 404, /Unknown API endpoint "compute"\. Known: ai-vision, endpoint, iam/],
    ['/endpoints?page_size=many', 400, /page_size: /],
    ['/endpoints?size=1', 400, /size: unknown parameter/],
    ['/endpoints?page_size=1&page_size=2', 400, /page_size: must not be repeated/],
  ])('answers %s with %i', async (url, status, message) => {
    const response = await fetch(running.origin + url);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ message: expect.stringMatching(message) }),
    ]);
  });
});

describe('tokens', () => {
  async function exchange(body: object): Promise<{ status: number; token: string; expiresAt: number }> {
    const response = await fetch(`${running.origin}/iam/v1/tokens`, { method: 'POST', body: JSON.stringify(body) });
    const json: unknown = await response.json();
    const { iamToken = '', expiresAt = '' }: { iamToken?: string; expiresAt?: string } = Object(json);
    return { status: response.status, token: iamToken, expiresAt: Date.parse(expiresAt) };
  }

  it('are given for an API key, and end with it', async () => {
    const { id, key } = await newKey('b1g');
    const { token, expiresAt } = await exchange({ yandexPassportOauthToken: key });
    expect(expiresAt - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(expiresAt - Date.now()).toBeGreaterThan(3_500_000);
    expect(await call(`Bearer ${token}`)).toEqual(letIn);
    expect(await call(`Bearer ${token.slice(0, -4)}AAAA`)).toEqual(refused);
    await keys('revoke', id);
    expect(await call(`Bearer ${token}`)).toEqual(refused);
  });

  it('are given for a signature with an authorized key', async () => {
    const file = join(folder, 'authorized.json');
    await keys('create', '--folder', 'b1g', '--authorized-key', file);
    const { id, private_key: pem }: { id: string; private_key: string } = JSON.parse(readFileSync(file, 'utf8'));
    const sign = async (audience: string, expires: string): Promise<string> =>
      new SignJWT()
        .setProtectedHeader({ alg: 'PS256', kid: id })
        .setIssuer(id)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(expires)
        .sign(await importPKCS8(pem, 'PS256'));
    const audience = 'https://iam.api.cloud.yandex.net/iam/v1/tokens';
    const { token } = await exchange({ jwt: await sign(audience, '1h') });
    expect(await call(`Bearer ${token}`)).toEqual(letIn);
    expect((await exchange({ jwt: await sign(audience, '-1h') })).status).toBe(401);
    expect((await exchange({ jwt: await sign('https://other.example', '1h') })).status).toBe(401);
    // What is for the exchange is no token by itself.
    expect(await call(`Bearer ${await sign(audience, '1h')}`)).toEqual(refused);
  });

  it.each([
    [{ yandexPassportOauthToken: 'wrong' }, 401],
    [{ jwt: 'a.b.c' }, 401],
    [{}, 400],
    [{ jwt: 'x'.repeat(8001) }, 400],
  ])('are not given for %j', async (body, status) => {
    expect((await exchange(body)).status).toBe(status);
  });
});

describe('--auth jwt', () => {
  it('takes tokens of the issuer, for the folders that they name', async () => {
    const jwks = join(folder, 'jwks.json');
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    writeFileSync(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] }));
    const flags = {
      auth: 'jwt',
      jwks,
      'jwt-issuer': 'https://id.example',
      'jwt-audience': 'visiond',
      'data-dir': folder,
      workers: '1',
    };
    const server = await startTestServer({ ...flags, 'jwt-folder-claim': 'folders' });
    const sign = (claims: object, issuer = 'https://id.example', expires = '1h', key = privateKey): Promise<string> =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setSubject('me')
        .setAudience('visiond')
        .setIssuer(issuer)
        .setExpirationTime(expires)
        .sign(key);
    const ask = async (token: string, body: object = {}): Promise<Answer> => call(`Bearer ${token}`, body, {}, server);
    try {
      expect(await ask(await sign({ folders: ['b1g', 'b2g'] }), { folderId: 'b2g' })).toEqual(letIn);
      expect(await ask(await sign({ folders: 'b1g' }))).toEqual(letIn);
      expect(await ask(await sign({ folders: ['b1g', 'b2g'] }), { folderId: 'b3g' })).toMatchObject({ status: 403 });
      expect(await ask(await sign({}))).toMatchObject({ status: 403 });
      expect(await ask(await sign({ folders: 'b1g' }, 'https://other.example'))).toEqual(refused);
      expect(await ask(await sign({ folders: 'b1g' }, 'https://id.example', '-1h'))).toEqual(refused);
      const stranger = await generateKeyPair('ES256');
      expect(await ask(await sign({ folders: 'b1g' }, 'https://id.example', '1h', stranger.privateKey))).toEqual(
        refused,
      );
      const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"me","iss":"https://id.example","aud":"visiond","folders":"b1g","exp":9999999999}')}.`;
      expect(await ask(unsigned)).toEqual(refused);
    } finally {
      await server.close();
    }
  });
});

describe('settings', () => {
  it.each([
    [{ listen: '0.0.0.0:8080' }, '--auth none on 0.0.0.0 would let everyone in.'],
    [{ listen: '[::]:8080' }, '--auth none on :: would let everyone in.'],
    [{ auth: 'jwt' }, '--auth jwt requires --jwks'],
    [{ auth: 'password' }, 'must be one of none, keys, jwt'],
    [{ advertise: 'vision' }, 'must be HOST:PORT'],
  ])('%j are refused', (flags, problem) => {
    expect(() => readConfig(flags, {})).toThrow(problem);
  });

  it.each([
    { listen: '0.0.0.0:8080', insecure: 'true' },
    { listen: '0.0.0.0:8080', auth: 'keys' },
    { listen: 'localhost:1' },
  ])('%j are taken', (flags) => {
    expect(() => readConfig(flags, {})).not.toThrow();
  });
});
