import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnusableFileError } from '../files/file-problem.js';
import { createTokenSigner, readTokenSecret } from './token-signer.js';

const secret = Buffer.alloc(32, 1);
const hourMs = 3_600_000;

describe('a token signer', () => {
  afterEach(() => void vi.useRealTimers());

  it.each([[undefined], [[]], [['b1g']], [['b1g', 'b2g']]])('keeps the subject and the folders %j', async (folders) => {
    const { token } = await createTokenSigner(secret).issue({ subject: 'scanner', folders });
    expect(await createTokenSigner(secret).verify(token)).toEqual({ subject: 'scanner', folders });
  });

  it('issues tokens for an hour, to the second', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1, 12, 0, 0, 700) });
    const signer = createTokenSigner(secret);
    const { token, expiresAt } = await signer.issue({ subject: 'scanner', folders: undefined });
    expect(expiresAt).toEqual(new Date(Date.UTC(2026, 0, 1, 13, 0, 0)));
    vi.setSystemTime(expiresAt.getTime() - 1);
    expect(await signer.verify(token)).toMatchObject({ subject: 'scanner' });
    // And five seconds: the clocks of two servers differ.
    vi.setSystemTime(expiresAt.getTime() + 4999);
    expect(await signer.verify(token)).toMatchObject({ subject: 'scanner' });
    vi.setSystemTime(expiresAt.getTime() + 5000);
    await expect(signer.verify(token)).rejects.toThrow('"exp" claim timestamp check failed');
  });

  it('takes what it has just issued where the clock is set back by hours, and no more where it is set forward', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const signer = createTokenSigner(secret);
    const { token } = await signer.issue({ subject: 'scanner', folders: undefined });
    vi.setSystemTime(Date.now() - 5 * hourMs);
    expect(await signer.verify(token)).toMatchObject({ subject: 'scanner' });
    vi.setSystemTime(Date.now() + 10 * hourMs);
    await expect(signer.verify(token)).rejects.toThrow('"exp" claim timestamp check failed');
    const next = await signer.issue({ subject: 'scanner', folders: undefined });
    expect(await signer.verify(next.token)).toMatchObject({ subject: 'scanner' });
  });

  const claims = { iss: 'visiond', sub: 'scanner', exp: Math.floor((Date.now() + hourMs) / 1000) };
  const sign = (payload: object, alg = 'HS256', key: Uint8Array = secret): Promise<string> =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg }).sign(key);

  it('takes the claims that the refused tokens below start from', async () => {
    expect(await createTokenSigner(secret).verify(await sign(claims))).toMatchObject({ subject: 'scanner' });
  });

  it.each([
    ['of another server', 'signature verification failed', claims, 'HS256', Buffer.alloc(32, 2)],
    ['by another algorithm', '"alg" (Algorithm) Header Parameter value not allowed', claims, 'HS512'],
    ['of another issuer', 'unexpected "iss" claim value', { ...claims, iss: 'https://id.example' }],
    ['without an issuer', 'missing required "iss" claim', { ...claims, iss: undefined }],
    ['without a subject', 'missing required "sub" claim', { ...claims, sub: undefined }],
    ['that never expires', 'missing required "exp" claim', { ...claims, exp: undefined }],
  ])('refuses a token %s', async (_, problem, payload, alg = 'HS256', key: Uint8Array = secret) => {
    await expect(createTokenSigner(secret).verify(await sign(payload, alg, key))).rejects.toThrow(problem);
  });

  it('refuses a token that was changed, or that nobody signed', async () => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const [header = '', , signature = ''] = (await sign(claims)).split('.');
    const altered = encode({ ...claims, sub: 'admin' });
    const verify = (token: string) => createTokenSigner(secret).verify(token);
    await expect(verify(`${header}.${altered}.${signature}`)).rejects.toThrow('signature verification failed');
    await expect(verify(`${encode({ alg: 'none' })}.${altered}.`)).rejects.toThrow('value not allowed');
    await expect(verify('a.b.c')).rejects.toThrow('is invalid');
    await expect(verify('')).rejects.toThrow('Invalid');
  });
});

describe('the secret in a data folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'visiond-secret-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once, for its owner alone', async () => {
    const made = readTokenSecret(folder);
    expect([made.length, readdirSync(folder), statSync(join(folder, 'token-secret')).mode & 0o777]).toEqual([
      32,
      ['token-secret'],
      0o600,
    ]);
    const { token } = await createTokenSigner(made).issue({ subject: 'a', folders: undefined });
    expect(await createTokenSigner(readTokenSecret(folder)).verify(token)).toEqual({
      subject: 'a',
      folders: undefined,
    });
  });

  it.each([0, 1, 31])('is refused with %i bytes', (bytes) => {
    const file = join(folder, 'token-secret');
    writeFileSync(file, Buffer.alloc(bytes));
    expect(() => readTokenSecret(folder)).toThrow(UnusableFileError);
    expect(() => readTokenSecret(folder)).toThrow(`${file} must have at least 32 bytes, has ${bytes}. `);
    expect(statSync(file).size).toBe(bytes);
  });

  it('is named by the error where it cannot be written', () => {
    const file = join(folder, 'missing', 'token-secret');
    expect(() => readTokenSecret(join(folder, 'missing'))).toThrow(
      new UnusableFileError(
        `${file} does not exist and cannot be created: no such file or folder. Start the server once with write access to its data folder.`,
      ),
    );
  });
});
