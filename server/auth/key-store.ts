import { createHash, createPublicKey, generateKeyPairSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFile } from '../files/replace-file.js';
import { privateFolder } from '../paths.js';
import { watchFile } from './watched-file.js';

/** A key as the store has it. What it needs to prove is a secret (API key) or a signature (authorized key). */
export interface StoredKey {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Folders that it may use. `*` is any. */
  readonly folders: readonly string[];
  /** ISO 8601. */
  readonly created: string;
  /** SHA-256 of the secret of an API key, in hex. */
  readonly secretHash?: string;
  /** Public key of an authorized key, PEM. */
  readonly publicKey?: string;
}

/** What a new key is for. */
export interface KeyGrant {
  readonly name: string;
  readonly folders: readonly string[];
}

/** The keys of a server, in a file of its data folder. Changes are seen by a running server at once. */
export interface KeyStore {
  /** @throws Error of node:fs, UnusableFileError where the file is no list of keys. So do all others */
  list(): readonly StoredKey[];
  /** @returns the key itself, which is nowhere kept */
  createApiKey(grant: KeyGrant): Promise<{ readonly id: string; readonly key: string }>;
  /** @returns the private key, which is nowhere kept */
  createAuthorizedKey(grant: KeyGrant): Promise<{ readonly id: string; readonly privateKey: string }>;
  /** @returns whether there was such a key */
  revoke(id: string): Promise<boolean>;
  /** The key that the text is. */
  findApiKey(text: string): StoredKey | undefined;
  find(id: string): StoredKey | undefined;
}

const secretBytes = 32;
const idBytes = 10;
const form = /^vd_([a-z\d]+)_([\w-]+)$/;
const lockTries = 100;
const lockWaitMs = 50;

/**
 * @param folder data folder of the server
 * @param onRead told with every reading why the file could not be read, or undefined
 */
export function createKeyStore(folder: string, onRead?: (cause: unknown) => void): KeyStore {
  const file = join(folder, 'keys.json');
  const readFile = watchFile(file, parseKeys, (): readonly StoredKey[] => []);
  const read = (): readonly StoredKey[] => {
    try {
      const keys = readFile();
      onRead?.(undefined);
      return keys;
    } catch (error) {
      onRead?.(error);
      throw error;
    }
  };
  const change = async (edit: (keys: readonly StoredKey[]) => readonly StoredKey[]): Promise<void> => {
    mkdirSync(folder, privateFolder);
    await withLock(`${file}.lock`, () => {
      replaceFile({ path: file, content: `${JSON.stringify({ keys: edit(read()) }, undefined, 2)}\n`, mode: 0o600 });
    });
  };
  const newKey = ({ name, folders }: KeyGrant): StoredKey => ({
    id: randomBytes(idBytes).toString('hex'),
    name,
    folders,
    created: new Date().toISOString(),
  });
  return {
    list: read,
    async createApiKey(grant) {
      const secret = randomBytes(secretBytes).toString('base64url');
      const key = newKey(grant);
      await change((keys) => [...keys, { ...key, secretHash: hash(secret).toString('hex') }]);
      return { id: key.id, key: `vd_${key.id}_${secret}` };
    },
    async createAuthorizedKey(grant) {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      const key = newKey(grant);
      await change((keys) => [...keys, { ...key, publicKey }]);
      return { id: key.id, privateKey };
    },
    async revoke(id) {
      const found = read().some((key) => key.id === id);
      if (found) await change((keys) => keys.filter((key) => key.id !== id));
      return found;
    },
    findApiKey(text) {
      const [, id, secret = ''] = form.exec(text) ?? [];
      const key = read().find((each) => each.id === id && each.secretHash !== undefined);
      // Compared in constant time, and also where there is no such key: the time tells nothing about either.
      const expected = key?.secretHash === undefined ? hash('') : Buffer.from(key.secretHash, 'hex');
      return timingSafeEqual(hash(secret), expected) && secret !== '' ? key : undefined;
    },
    find: (id) => read().find((key) => key.id === id),
  };
}

/** A secret is 256 random bits, which nobody guesses from a hash however fast: no salt, no slow hash is needed. */
function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function parseKeys(text: string): readonly StoredKey[] {
  const parsed: unknown = JSON.parse(text);
  const keys: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'keys') : undefined;
  if (!Array.isArray(keys) || !keys.every(isStoredKey)) throw new Error('it is not a list of keys');
  return keys;
}

function isStoredKey(value: unknown): value is StoredKey {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, folders, created, secretHash, publicKey }: Record<string, unknown> = { ...value };
  const texts = [id, name, created].every((text) => typeof text === 'string');
  if (!texts || !Array.isArray(folders) || !folders.every((folder) => typeof folder === 'string')) return false;
  if (typeof secretHash === 'string') return /^[\da-f]{64}$/.test(secretHash);
  return typeof publicKey === 'string' && createPublicKey(publicKey).asymmetricKeyType === 'rsa';
}

/** One process changes the file at a time, so that no key gets lost. */
async function withLock(path: string, task: () => void): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      closeSync(openSync(path, 'wx'));
      break;
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!taken) throw error;
      if (tries === lockTries) {
        throw new Error(`Another process is changing the keys. If none is, delete ${path}`, { cause: error });
      }
      await sleep(lockWaitMs);
    }
  }
  try {
    task();
  } finally {
    rmSync(path, { force: true });
  }
}
