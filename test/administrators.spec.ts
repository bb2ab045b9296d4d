import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIndexClient, type IndexClient } from '../client/index.js';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { visiond } from './run-cli.js';
import { startTestServer, type TestServer } from './server.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-administrators-'));
const refusal =
  'Only administrators may do this: with a key of `visiond keys create --admin`, or a token with the claim of --jwt-admin-claim';
let data: string;
let running: TestServer;
const clients: IndexClient[] = [];

beforeEach(() => {
  data = mkdtempSync(join(root, 'data-'));
});
afterEach(async () => {
  for (const each of clients.splice(0)) each.close();
  await running.close();
});
afterAll(() => rmSync(root, { recursive: true }));

async function start(flags: Readonly<Record<string, string>>): Promise<void> {
  running = await startTestServer({ workers: '1', 'data-dir': data, ...flags });
}

function client(apiKey?: string): IndexClient {
  const made = createIndexClient({
    endpoint: running.endpoint,
    folderId: 'b1g',
    ...(apiKey !== undefined && { apiKey }),
  });
  clients.push(made);
  return made;
}

async function newKey(...more: readonly string[]): Promise<{ readonly id: string; readonly key: string }> {
  const { stdout } = await visiond(['keys', 'create', '--folder', 'b1g', '--data-dir', data, ...more]);
  const [, id = '', key = ''] = /^Key (\w+) created\.[^]*?\n\n(\S+)\n/.exec(stdout) ?? [];
  return { id, key };
}

/** Whether a scrape with these credentials has the figures of the whole index. */
async function scraped(credentials?: string): Promise<readonly boolean[]> {
  const headers = credentials === undefined ? {} : { authorization: `Bearer ${credentials}` };
  const text = await (await fetch(`${running.origin}/metrics`, { headers })).text();
  return ['visiond_ready', 'visiond_index_images', 'visiond_index_memory_bytes'].map((name) => text.includes(name));
}

/** What a caller sees of what belongs to no folder: the error of compacting, and two sizes. */
async function seen(caller: IndexClient): Promise<unknown> {
  const { imageCount, memoryBytes, diskBytes } = await caller.stats();
  const compacted = await caller.compact().catch(({ code, message }) => [code, message]);
  return { imageCount, sizes: [memoryBytes > 0n, diskBytes > 0n], compacted };
}

const administrator = { imageCount: 1n, sizes: [true, true], compacted: expect.any(BigInt) };
const other = { imageCount: 1n, sizes: [false, false], compacted: [7, refusal] };

async function addPicture(caller: IndexClient): Promise<void> {
  await caller.add({ content: await drawPicture(1).jpeg().toBuffer(), id: 'one' });
}

describe('administrators', () => {
  it('have a key that was made for them, or a token for it', async () => {
    const [plain, admin] = [await newKey(), await newKey('--admin', '--name', 'root')];
    await start({ auth: 'keys' });
    await addPicture(client(plain.key));
    expect(await seen(client(plain.key))).toEqual(other);
    expect(await seen(client(admin.key))).toEqual(administrator);
    expect([await scraped(plain.key), await scraped(admin.key)]).toEqual([
      [true, false, false],
      [true, true, true],
    ]);

    const exchange = async ({ key }: { key: string }): Promise<string> => {
      const body = JSON.stringify({ yandexPassportOauthToken: key });
      const response = await fetch(`${running.origin}/iam/v1/tokens`, { method: 'POST', body });
      return String(Reflect.get(Object(await response.json()), 'iamToken'));
    };
    expect(await seen(client(await exchange(plain)))).toEqual(other);
    expect(await seen(client(await exchange(admin)))).toEqual(administrator);

    const { stdout } = await visiond(['keys', 'list', '--data-dir', data]);
    expect(stdout).toMatch(new RegExp(`^${plain.id}  API key  \\S+  folders b1g$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${admin.id}  API key, administrator  \\S+  folders b1g  root$`, 'm'));
  });

  it('are told from others by the command line, in a sentence', async () => {
    const [plain, admin] = [await newKey(), await newKey('--admin')];
    await start({ auth: 'keys' });
    const index = (action: string, { key }: { key: string }, ...more: readonly string[]) =>
      visiond(['index', action, '--endpoint', running.endpoint, '--folder', 'b1g', '--api-key', key, ...more]);
    expect(await index('compact', plain)).toMatchObject({ code: 2, stderr: expect.stringContaining(`${refusal}.\n`) });
    expect(await index('stats', plain)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('diskBytes: 0\n'),
      stderr: 'Only administrators see memoryBytes and diskBytes, which are those of all folders.\n',
    });
    expect(await index('compact', admin)).toMatchObject({ code: 0, stderr: '' });
    expect(await index('stats', admin)).toMatchObject({ code: 0, stderr: '' });
  });

  it('have a token with a claim that is true', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwks = join(data, 'jwks.json');
    writeFileSync(jwks, JSON.stringify({ keys: [await exportJWK(publicKey)] }));
    const sign = (claims: Record<string, unknown>): Promise<string> =>
      new SignJWT({ folder_id: 'b1g', ...claims })
        .setProtectedHeader({ alg: 'ES256' })
        .setSubject('me')
        .setIssuer('idp')
        .setAudience('visiond')
        .setExpirationTime('1h')
        .sign(privateKey);
    const jwt = { auth: 'jwt', jwks, 'jwt-issuer': 'idp', 'jwt-audience': 'visiond' };
    await start({ ...jwt, 'jwt-admin-claim': 'operator' });
    await addPicture(client(await sign({})));
    expect(await seen(client(await sign({ operator: true })))).toEqual(administrator);
    for (const claims of [{}, { operator: 'true' }, { admin: true }]) {
      expect(await seen(client(await sign(claims)))).toEqual(other);
    }
    await running.close();
    await start(jwt);
    expect(await seen(client(await sign({ operator: true, '': true, undefined: true })))).toEqual(other);
  });

  it('are all callers where nobody is asked who they are', async () => {
    await start({ auth: 'none' });
    await addPicture(client());
    expect(await seen(client())).toEqual(administrator);
    expect(await scraped()).toEqual([true, true, true]);
  });
});
