import { createHash, createPublicKey, generateKeyPairSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFile } from '../files/replace-file.js';
import { privateFolder } from '../paths.js';
import { watchFile } from './watched-file.js';

/** A stored key. Clients prove that they have it with a secret (API key) or a signature (authorized key). */
export interface StoredKey {
  readonly id: string;
  /** A label for people. */
  readonly name: string;
  /** Folders that the key may use. `*` means all. */
  readonly folders: readonly string[];
  /** May do what concerns the whole server. False if absent. */
  readonly administrator?: boolean;
  /** ISO 8601. */
  readonly created: string;
  /** SHA-256 of the secret of an API key, in hex. */
  readonly secretHash?: string;
  /** Public key of an authorized key, PEM. */
  readonly publicKey?: string;
}

/** Data of a new key. */
export interface KeyGrant {
  readonly name: string;
  readonly folders: readonly string[];
  readonly administrator?: boolean;
}

/** The keys of a server, in a file in its data folder. A running server picks up changes immediately. */
export interface KeyStore {
  /** @throws Error of node:fs, UnusableFileError if the file is not a list of keys. The other methods throw the same */
  list(): readonly StoredKey[];
  /** @returns the key, which is not stored */
  createApiKey(grant: KeyGrant): Promise<{ readonly id: string; readonly key: string }>;
  /** @returns the private key, which is not stored */
  createAuthorizedKey(grant: KeyGrant): Promise<{ readonly id: string; readonly privateKey: string }>;
  /** @returns whether the key existed */
  revoke(id: string): Promise<boolean>;
  /** The stored key for an API key's text. */
  findApiKey(text: string): StoredKey | undefined;
  find(id: string): StoredKey | undefined;
}

const secretBytes = 32;
const idBytes = 10;
const apiKeyPattern = /^vd_([a-z\d]+)_([\w-]+)$/;
const lockTries = 100;
const lockWaitMs = 50;

/**
 * @param folder data folder of the server
 * @param onRead for a server: called after every read, with the error if it failed. The folder must exist then
 */
export function createKeyStore(folder: string, onRead?: (cause: unknown) => void): KeyStore {
  const file = join(folder, 'keys.json');
  const readFile = watchFile(file, parseKeys, (): readonly StoredKey[] => {
    // A folder that is gone says nothing about which keys are valid.
    if (onRead !== undefined) statSync(folder);
    return [];
  });
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
  const newKey = ({ name, folders, administrator = false }: KeyGrant): StoredKey => ({
    id: randomBytes(idBytes).toString('hex'),
    name,
    folders,
    ...(administrator && { administrator }),
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
      const [, id, secret = ''] = apiKeyPattern.exec(text) ?? [];
      const key = read().find((each) => each.id === id && each.secretHash !== undefined);
      // Constant time, even if the key does not exist, so that timing reveals nothing.
      const expected = key?.secretHash === undefined ? hash('') : Buffer.from(key.secretHash, 'hex');
      return timingSafeEqual(hash(secret), expected) && secret !== '' ? key : undefined;
    },
    find: (id) => read().find((key) => key.id === id),
  };
}

/** A secret is 256 random bits and cannot be brute-forced, so neither a salt nor a slow hash is needed. */
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
  const {
    id,
    name,
    folders,
    administrator = false,
    created,
    secretHash,
    publicKey,
  }: Record<string, unknown> = {
    ...value,
  };
  const texts = [id, name, created].every((text) => typeof text === 'string');
  if (!texts || !Array.isArray(folders) || !folders.every((folder) => typeof folder === 'string')) return false;
  if (typeof administrator !== 'boolean') return false;
  if (typeof secretHash === 'string') return /^[\da-f]{64}$/.test(secretHash);
  return typeof publicKey === 'string' && createPublicKey(publicKey).asymmetricKeyType === 'rsa';
}

/** Serializes writers across processes, so that no key is lost. */
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
