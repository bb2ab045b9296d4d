import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importPKCS8, SignJWT, type CryptoKey } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VisionError } from '../errors/errors.js';
import { UnusableFileError } from '../files/file-problem.js';
import { jwtCredentials, keyCredentials, openCredentials, type Credentials } from './credentials.js';
import { createJwtVerifier } from './jwt-verifier.js';
import { createKeyStore, type KeyStore } from './key-store.js';
import { createTokenSigner } from './token-signer.js';

const secret = Buffer.alloc(32, 7);
const signer = createTokenSigner(secret);
const exchangeAudience = 'https://iam.api.cloud.yandex.net/iam/v1/tokens';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-credentials-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a promise comes to: its value, or the reason of the VisionError it rejects with. */
async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof VisionError) return error.reason;
    throw error;
  }
}

const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

describe('open credentials', () => {
  const credentials = openCredentials(signer);

  it.each([undefined, '', 'Bearer whatever', 'nonsense'])(
    'let everybody in, with %j as well',
    async (authorization) => {
      expect(await credentials.authenticate(authorization)).toEqual({
        id: 'anonymous',
        folders: 'any',
        isAdministrator: true,
      });
    },
  );

  it('give everybody a token, for clients that cannot do without', async () => {
    const { token } = await credentials.exchange({ kind: 'secret', text: 'whatever' });
    expect(await signer.verify(token)).toEqual({ subject: 'anonymous', folders: undefined });
  });
});

describe('credentials of keys', () => {
  let store: KeyStore;
  let credentials: Credentials;
  beforeEach(() => {
    store = createKeyStore(folder);
    credentials = keyCredentials(store, signer);
  });

  it('take an API key by either scheme, in any case', async () => {
    const { id, key } = await store.createApiKey({ name: '', folders: ['b1g', 'b2g'] });
    for (const scheme of ['Api-Key', 'Bearer', 'api-key', 'BEARER', 'Bearer  ']) {
      expect(await credentials.authenticate(`${scheme} ${key}`)).toEqual({
        id,
        folders: ['b1g', 'b2g'],
        isAdministrator: false,
      });
    }
  });

  it('give the key of the folder * any folder', async () => {
    const { id, key } = await store.createApiKey({ name: '', folders: ['b1g', '*'] });
    expect(await credentials.authenticate(`Api-Key ${key}`)).toMatchObject({ id, folders: 'any' });
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'Bearer a b', 'NotBearer a', 'Bearera'])(
    'miss credentials in %j',
    async (authorization) => {
      expect(await outcome(credentials.authenticate(authorization))).toBe('CREDENTIALS_REQUIRED');
    },
  );

  it('make an administrator of whoever has a key that does, by itself, by a token and by a signature', async () => {
    const grant = { name: '', folders: ['b1g'], administrator: true };
    const { id, key } = await store.createApiKey(grant);
    const administrator = { id, folders: ['b1g'], isAdministrator: true };
    expect(await credentials.authenticate(`Api-Key ${key}`)).toEqual(administrator);
    const { token } = await credentials.exchange({ kind: 'secret', text: key });
    expect(await credentials.authenticate(`Bearer ${token}`)).toEqual(administrator);
    // The right is the key's: a token that claims it has none.
    const { id: plain } = await store.createApiKey({ ...grant, administrator: false });
    const forged = await new SignJWT({ administrator: true, root: true })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('visiond')
      .setSubject(plain)
      .setExpirationTime('1h')
      .sign(secret);
    expect(await credentials.authenticate(`Bearer ${forged}`)).toMatchObject({ id: plain, isAdministrator: false });
  });

  it('refuse a key that is none', async () => {
    const { key } = await store.createApiKey({ name: '', folders: ['b1g'] });
    for (const text of [key.slice(1), `${key}x`, 'wrong', 'a.b.c']) {
      expect(await outcome(credentials.authenticate(`Api-Key ${text}`))).toBe('TOKEN_INVALID');
      expect(await outcome(credentials.exchange({ kind: 'secret', text }))).toBe('TOKEN_INVALID');
    }
  });

  it('exchange an API key for a token that has the rights of the key and ends with it', async () => {
    await store.createApiKey({ name: '', folders: ['*'] });
    const { id, key } = await store.createApiKey({ name: '', folders: ['b1g'] });
    const { token } = await credentials.exchange({ kind: 'secret', text: key });
    expect(await credentials.authenticate(`Bearer ${token}`)).toMatchObject({ id, folders: ['b1g'] });
    await store.revoke(id);
    expect(await outcome(credentials.authenticate(`Bearer ${token}`))).toBe('TOKEN_INVALID');
    expect(await outcome(credentials.exchange({ kind: 'secret', text: key }))).toBe('TOKEN_INVALID');
  });

  it('refuse a token of a server with another secret, though the key is known', async () => {
    const { id } = await store.createApiKey({ name: '', folders: ['b1g'] });
    const { token } = await createTokenSigner(Buffer.alloc(32, 8)).issue({ subject: id, folders: undefined });
    expect(await outcome(credentials.authenticate(`Bearer ${token}`))).toBe('TOKEN_INVALID');
  });

  it('do not blame the client where the file of keys is damaged', async () => {
    const { key } = await store.createApiKey({ name: '', folders: ['b1g'] });
    const { token } = await credentials.exchange({ kind: 'secret', text: key });
    writeFileSync(join(folder, 'keys.json'), '{');
    for (const text of [key, token]) {
      await expect(credentials.authenticate(`Bearer ${text}`)).rejects.toThrow(UnusableFileError);
    }
    await expect(credentials.exchange({ kind: 'secret', text: key })).rejects.toThrow(UnusableFileError);
    const jwt = await new SignJWT({ iss: 'x', aud: exchangeAudience, exp: inAnHour() })
      .setProtectedHeader({ alg: 'PS256', kid: 'x' })
      .sign((await generateKeyPair('PS256')).privateKey);
    await expect(credentials.exchange({ kind: 'jwt', text: jwt })).rejects.toThrow(UnusableFileError);
    expect(await outcome(credentials.exchange({ kind: 'jwt', text: 'no.jwt.at-all' }))).toBe('TOKEN_INVALID');
  });

  describe('an authorized key', () => {
    let id: string;
    let pem: string;
    beforeEach(async () => {
      ({ id, privateKey: pem } = await store.createAuthorizedKey({ name: '', folders: ['b1g'] }));
    });

    interface Parts {
      readonly alg?: string;
      readonly kid?: string;
      readonly claims?: object;
      readonly key?: CryptoKey | Uint8Array;
    }
    const sign = async ({ alg = 'PS256', kid = id, claims = {}, key }: Parts = {}): Promise<string> =>
      new SignJWT({ iss: id, aud: exchangeAudience, exp: inAnHour(), ...claims })
        .setProtectedHeader({ alg, kid })
        .sign(key ?? (await importPKCS8(pem, alg)));
    const exchange = async (text: string): Promise<unknown> => {
      const issued = await outcome(credentials.exchange({ kind: 'jwt', text }));
      return typeof issued === 'string' ? issued : Reflect.get(Object(issued), 'token');
    };

    it.each(['PS256', 'RS256'])('signs by %s for a token with its rights', async (alg) => {
      const token = await exchange(await sign({ alg }));
      expect(await credentials.authenticate(`Bearer ${String(token)}`)).toMatchObject({ id, folders: ['b1g'] });
    });

    it.each([
      ['that is over', { claims: { exp: inAnHour() - 7200 } }],
      ['that is not valid for a minute', { claims: { nbf: inAnHour() - 3540 } }],
      ['for another audience', { claims: { aud: 'https://other.example' } }],
      ['without an audience', { claims: { aud: undefined } }],
      ['without an issuer', { claims: { iss: undefined } }],
      ['that never expires', { claims: { exp: undefined } }],
      ['of a key that is not known', { kid: 'unknown' }],
      ['without the name of a key', { kid: '' }],
      ['by an algorithm that is not taken', { alg: 'PS512' }],
    ])('is not taken with a signature %s', async (_, parts: Parts) => {
      expect(await exchange(await sign(parts))).toBe('TOKEN_INVALID');
    });

    it('is taken with a signature of a client whose clock is a little fast or slow', async () => {
      const now = inAnHour() - 3600;
      for (const claims of [{ nbf: now + 3, iat: now + 3 }, { exp: now - 3 }]) {
        expect(await exchange(await sign({ claims }))).not.toBe('TOKEN_INVALID');
      }
    });

    it('is not taken with the signature of another key', async () => {
      const { privateKey } = await generateKeyPair('PS256');
      expect(await exchange(await sign({ key: privateKey }))).toBe('TOKEN_INVALID');
    });

    it('is not taken with a signature that its public half can make, or with none', async () => {
      const publicKey = store.find(id)?.publicKey ?? '';
      expect(publicKey).toContain('PUBLIC KEY');
      expect(await exchange(await sign({ alg: 'HS256', key: Buffer.from(publicKey) }))).toBe('TOKEN_INVALID');
      const [, claims = ''] = (await sign()).split('.');
      const header = Buffer.from(JSON.stringify({ alg: 'none', kid: id })).toString('base64url');
      expect(await exchange(`${header}.${claims}.`)).toBe('TOKEN_INVALID');
    });

    it('is not the API key that has the same id', async () => {
      const { id: other } = await store.createApiKey({ name: '', folders: ['b1g'] });
      expect(await exchange(await sign({ kid: other }))).toBe('TOKEN_INVALID');
    });

    it('signs for the exchange alone: the signature is no token, and no secret', async () => {
      const jwt = await sign();
      expect(await outcome(credentials.authenticate(`Bearer ${jwt}`))).toBe('TOKEN_INVALID');
      expect(await outcome(credentials.exchange({ kind: 'secret', text: jwt }))).toBe('TOKEN_INVALID');
    });
  });
});

describe('credentials of an issuer', () => {
  let keys: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };
  let credentials: Credentials;
  beforeAll(async () => {
    keys = await generateKeyPair('ES256', { extractable: true });
  });
  beforeEach(async () => {
    const jwks = join(folder, 'jwks.json');
    writeFileSync(jwks, JSON.stringify({ keys: [await exportJWK(keys.publicKey)] }));
    const verify = createJwtVerifier({
      jwks,
      issuer: 'idp',
      audience: 'visiond',
      folderClaim: 'folders',
      adminClaim: 'root',
    });
    credentials = jwtCredentials(verify, signer);
  });

  const foreign = (claims: object = { folders: ['b1g', 'b2g'] }): Promise<string> =>
    new SignJWT({ iss: 'idp', aud: 'visiond', sub: 'me', exp: inAnHour(), ...claims })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(keys.privateKey);

  it('take a token of the issuer, and one that was given for it, for the same folders', async () => {
    const me = { id: 'me', folders: ['b1g', 'b2g'], isAdministrator: false };
    expect(await credentials.authenticate(`Bearer ${await foreign()}`)).toEqual(me);
    const { token } = await credentials.exchange({ kind: 'jwt', text: await foreign() });
    expect(await credentials.authenticate(`Api-Key ${token}`)).toEqual(me);
  });

  it('take a token of the issuer where a client calls it a secret', async () => {
    const { token } = await credentials.exchange({ kind: 'secret', text: await foreign() });
    expect(await signer.verify(token)).toEqual({ subject: 'me', folders: ['b1g', 'b2g'] });
  });

  it('give no folder to a token that names none', async () => {
    const { token } = await credentials.exchange({ kind: 'jwt', text: await foreign({}) });
    expect(await credentials.authenticate(`Bearer ${token}`)).toMatchObject({ id: 'me', folders: [] });
    const { token: ofKeys } = await signer.issue({ subject: 'key', folders: undefined });
    expect(await credentials.authenticate(`Bearer ${ofKeys}`)).toMatchObject({ id: 'key', folders: [] });
  });

  it.each([
    [{ root: true }, true],
    [{ root: false }, false],
    [{ root: 'true' }, false],
    [{ root: 1 }, false],
    [{ root: ['true'] }, false],
    [{ administrator: true, admin: true }, false],
  ])('with the claims %j say whether the caller is an administrator: %s', async (claims, isAdministrator) => {
    const token = await foreign({ folders: ['b1g'], ...claims });
    expect(await credentials.authenticate(`Bearer ${token}`)).toEqual({ id: 'me', folders: ['b1g'], isAdministrator });
  });

  it('make no administrator by a token that is given for theirs, which may outlive it', async () => {
    const { token } = await credentials.exchange({
      kind: 'jwt',
      text: await foreign({ folders: ['b1g'], root: true }),
    });
    expect(await credentials.authenticate(`Bearer ${token}`)).toEqual({
      id: 'me',
      folders: ['b1g'],
      isAdministrator: false,
    });
  });

  it('refuse what neither side has signed', async () => {
    const { token } = await createTokenSigner(Buffer.alloc(32, 8)).issue({ subject: 'me', folders: ['b1g'] });
    for (const text of [token, 'a.b.c', 'wrong', await foreign({ iss: 'other' })]) {
      expect(await outcome(credentials.authenticate(`Bearer ${text}`))).toBe('TOKEN_INVALID');
      expect(await outcome(credentials.exchange({ kind: 'jwt', text }))).toBe('TOKEN_INVALID');
    }
    expect(await outcome(credentials.authenticate(undefined))).toBe('CREDENTIALS_REQUIRED');
  });
});
