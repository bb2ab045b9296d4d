import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnusableFileError } from '../files/file-problem.js';
import { createJwtVerifier, type JwtVerifier } from './jwt-verifier.js';

interface SigningKey {
  readonly jwk: JWK;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

async function signingKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { jwk: { ...(await exportJWK(pair.publicKey)), kid, alg }, ...pair };
}

/** The issuer: a server of keys that counts its requests. */
let issuer: Server;
let url: string;
let requests = 0;
let keys: readonly SigningKey[];
/** What it answers in place of its keys. No status is no answer. */
let trouble: { readonly status?: number; readonly body?: string; readonly location?: string } | undefined;
let one: SigningKey;
let two: SigningKey;

beforeAll(async () => {
  [one, two] = await Promise.all([signingKey('one'), signingKey('two')]);
  issuer = createServer((_request, response) => {
    requests++;
    if (trouble === undefined) {
      response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
    } else if (trouble.status !== undefined) {
      const { status, body = '', location } = trouble;
      response.writeHead(status, location === undefined ? {} : { location }).end(body);
    }
  });
  await listen(0);
});
afterAll(() => stop());
beforeEach(() => {
  keys = [one];
  requests = 0;
  trouble = undefined;
});
afterEach(() => void vi.useRealTimers());

async function listen(port: number): Promise<void> {
  await once(issuer.listen(port, '127.0.0.1'), 'listening');
  const address = issuer.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/keys`;
}

async function stop(): Promise<void> {
  const closed = once(issuer.close(), 'close');
  issuer.closeAllConnections();
  await closed;
}

function verifier(jwks = url): JwtVerifier {
  return createJwtVerifier({
    jwks,
    issuer: 'https://id.example',
    audience: 'visiond',
    folderClaim: 'folders',
    adminClaim: undefined,
  });
}

interface Parts {
  readonly key?: SigningKey;
  readonly header?: object;
  readonly claims?: object;
}

const now = (): number => Math.floor(Date.now() / 1000);

function sign({ key = one, header = {}, claims = {} }: Parts = {}): Promise<string> {
  return new SignJWT({ iss: 'https://id.example', aud: 'visiond', sub: 'me', exp: now() + 3600, ...claims })
    .setProtectedHeader({ alg: String(key.jwk.alg), kid: String(key.jwk.kid), ...header })
    .sign(key.privateKey);
}

const invalid = expect.objectContaining({ reason: 'TOKEN_INVALID' });
const unavailable = expect.objectContaining({ reason: 'ISSUER_UNAVAILABLE', metadata: { seconds: '5' } });

describe('a token of the issuer', () => {
  it.each([
    ['a folder', 'b1g', ['b1g']],
    ['a list of folders', ['b1g', 'b2g'], ['b1g', 'b2g']],
    ['a list with what are no folders', ['b1g', 7, null, ['b2g'], { b: 'b3g' }], ['b1g']],
    ['an empty list', [], []],
    ['a number', 7, []],
    ['an object', { b1g: true }, []],
    ['nothing', undefined, []],
  ])('may use the folders of its claim: %s', async (_, folders, expected) => {
    expect(await verifier()(await sign({ claims: { folders } }))).toEqual({
      id: 'me',
      folders: expected,
      isAdministrator: false,
    });
  });

  it.each(['RS256', 'PS256', 'ES384', 'EdDSA'])('is taken with a signature by %s', async (alg) => {
    const key = await signingKey('other', alg);
    keys = [one, key];
    expect(await verifier()(await sign({ key }))).toEqual({ id: 'me', folders: [], isAdministrator: false });
  });

  it('is taken for one of several audiences', async () => {
    expect(await verifier()(await sign({ claims: { aud: ['other', 'visiond'] } }))).toMatchObject({ id: 'me' });
  });

  it.each([
    ['for another audience', { aud: 'other' }],
    ['without an audience', { aud: undefined }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['without an issuer', { iss: undefined }],
    ['without a subject', { sub: undefined }],
    ['that never expires', { exp: undefined }],
    ['that has expired', { exp: now() - 60 }],
    ['that is not valid yet', { nbf: now() + 60 }],
  ])('is refused %s', async (_, claims) => {
    await expect(verifier()(await sign({ claims }))).rejects.toEqual(invalid);
  });

  it('is taken for five seconds longer than it lasts: clocks differ', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    const token = await sign({ claims: { exp: now() + 10 } });
    vi.setSystemTime((now() + 14) * 1000);
    expect(await verify(token)).toMatchObject({ id: 'me' });
    vi.setSystemTime((now() + 1) * 1000);
    await expect(verify(token)).rejects.toEqual(invalid);
  });

  it('is refused with the signature of a stranger under the name of a key', async () => {
    const stranger = await signingKey('one');
    await expect(verifier()(await sign({ key: stranger }))).rejects.toEqual(invalid);
  });

  it('is refused without a signature, or with one that the public key can make', async () => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const [, claims = ''] = (await sign()).split('.');
    const publicKey = Buffer.from(await exportSPKI(one.publicKey));
    const withSecret = await new SignJWT({ iss: 'https://id.example', aud: 'visiond', sub: 'me', exp: now() + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(publicKey);
    const verify = verifier();
    for (const token of [`${encode({ alg: 'none', kid: 'one' })}.${claims}.`, withSecret, 'a.b.c', '']) {
      await expect(verify(token)).rejects.toEqual(invalid);
    }
  });

  it('needs the name of its key where there are several', async () => {
    keys = [one, two];
    await expect(verifier()(await sign({ header: { kid: undefined } }))).rejects.toEqual(invalid);
    keys = [one];
    expect(await verifier()(await sign({ header: { kid: undefined } }))).toMatchObject({ id: 'me' });
  });
});

describe('the keys of the issuer', () => {
  it('are fetched once, by tokens that come at a time as well', async () => {
    const verify = verifier();
    expect(requests).toBe(0);
    const token = await sign();
    await Promise.all([verify(token), verify(token), verify(token)]);
    await verify(token);
    expect(requests).toBe(1);
  });

  it('are fetched again for a key that is new, at most every 30 seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    await verify(await sign());
    keys = [one, two];
    const rotated = await sign({ key: two });
    // Whoever makes names of keys up makes no requests to the issuer.
    await expect(verify(rotated)).rejects.toEqual(invalid);
    expect(requests).toBe(1);
    vi.setSystemTime(Date.now() + 31_000);
    expect(await verify(rotated)).toMatchObject({ id: 'me' });
    expect(await verify(await sign())).toMatchObject({ id: 'me' });
    expect(requests).toBe(2);
  });

  it('are fetched again where the clock was set back, rather than when it catches up', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    const takenBack = await sign();
    await verify(takenBack);
    keys = [two];
    const hours = 5 * 3_600_000;
    vi.setSystemTime(Date.now() - hours);
    expect(await verify(await sign({ key: two }))).toMatchObject({ id: 'me' });
    await expect(verify(takenBack)).rejects.toEqual(invalid);
    expect(requests).toBe(2);
    vi.setSystemTime(Date.now() + hours);
    expect(await verify(await sign({ key: two }))).toMatchObject({ id: 'me' });
  });

  it('lose a key that the issuer took back within ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    const token = await sign();
    await verify(token);
    keys = [two];
    expect(await verify(token)).toMatchObject({ id: 'me' });
    vi.setSystemTime(Date.now() + 601_000);
    await expect(verify(token)).rejects.toEqual(invalid);
  });

  it('outlast a failure of the issuer for ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const verify = verifier();
    const token = await sign();
    await verify(token);
    trouble = { status: 503 };
    vi.setSystemTime(Date.now() + 590_000);
    expect(await verify(token)).toMatchObject({ id: 'me' });
    vi.setSystemTime(Date.now() + 11_000);
    await expect(verify(token)).rejects.toEqual(unavailable);
  });

  it.each([
    ['an error', { status: 500 }],
    ['a redirect, which is not followed', { status: 302, location: '/elsewhere' }],
    ['what is no JSON', { status: 200, body: '<html>' }],
    ['what is no key set', { status: 200, body: '{"keys":"none"}' }],
    ['nothing at all for five seconds', {}],
  ])('are unavailable while it answers %s', async (_, answer) => {
    const verify = verifier();
    const token = await sign();
    trouble = answer;
    await expect(verify(token)).rejects.toEqual(unavailable);
    expect(requests).toBe(1);
    trouble = undefined;
    expect(await verify(token)).toMatchObject({ id: 'me' });
  });

  it('are unavailable while it cannot be reached', async () => {
    const { port } = new URL(url);
    await stop();
    const verify = verifier();
    const token = await sign();
    await expect(verify(token)).rejects.toEqual(unavailable);
    await listen(Number(port));
    expect(await verify(token)).toMatchObject({ id: 'me' });
  });
});

describe('keys in a file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'visiond-jwks-'));
    file = join(folder, 'jwks.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (...written: readonly SigningKey[]): void =>
    writeFileSync(file, JSON.stringify({ keys: written.map(({ jwk }) => jwk) }));

  it('may be replaced at any time', async () => {
    write(one);
    const verify = verifier(file);
    expect(await verify(await sign())).toMatchObject({ id: 'me' });
    await expect(verify(await sign({ key: two }))).rejects.toEqual(invalid);
    write(one, two);
    expect(await verify(await sign({ key: two }))).toMatchObject({ id: 'me' });
    write(two);
    await expect(verify(await sign())).rejects.toEqual(invalid);
    expect(requests).toBe(0);
  });

  it.each(['', '[]', '{"keys":{}}', 'null'])('are refused at the start with %j', (text) => {
    writeFileSync(file, text);
    expect(() => verifier(file)).toThrow(UnusableFileError);
  });

  it('are refused at the start where there is no file, and unavailable where it is lost later', async () => {
    expect(() => verifier(file)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    write(one);
    const verify = verifier(file);
    rmSync(file);
    await expect(verify(await sign())).rejects.toEqual(unavailable);
  });
});
