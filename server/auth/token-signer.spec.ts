import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UnusableFileError } from '../files/file-problem.js';
import { createTokenSigner, readTokenSecret } from './token-signer.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('makes a secret once, for its owner alone', async () => {
  const secret = readTokenSecret(folder);
  expect([secret.length, readdirSync(folder), statSync(join(folder, 'token-secret')).mode & 0o777]).toEqual([
    32,
    ['token-secret'],
    0o600,
  ]);
  const { token } = await createTokenSigner(secret).issue({ subject: 'a', folders: undefined });
  expect(await createTokenSigner(readTokenSecret(folder)).verify(token)).toEqual({ subject: 'a', folders: undefined });
});

it.each([0, 1, 31])('takes none of %i bytes', (bytes) => {
  const file = join(folder, 'token-secret');
  writeFileSync(file, Buffer.alloc(bytes));
  expect(() => readTokenSecret(folder)).toThrow(UnusableFileError);
  expect(() => readTokenSecret(folder)).toThrow(`${file} must have at least 32 bytes, has ${bytes}. `);
  expect(statSync(file).size).toBe(bytes);
});
