import { mkdtempSync, openSync, closeSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { embeddingBytes, hashBytes, type NewImage } from './image-index.js';
import { openSqliteIndex } from './sqlite-index.js';
import { SqliteStore } from './sqlite-store.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-index-'));
const path = join(folder, 'index.db');
const never = new AbortController().signal;
afterAll(() => rmSync(folder, { recursive: true }));

function image(id: string): NewImage {
  const vectors = { hash: new Uint8Array(hashBytes), embedding: new Int8Array(embeddingBytes) };
  const fingerprint = { contentHash: new Uint8Array(16), vectors, details: new Uint8Array(6480) };
  return { folder: 'f', id, imageUrl: '', pageUrl: '', title: '', description: '', fingerprint };
}

/** Overwrites a file behind its first page, which contains the header. */
function damage(file: string): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(statSync(file).size - 4096, 0xa5), 0, undefined, 4096);
  closeSync(handle);
}

it('reports that its file is damaged, the cause to its owner only, and keeps running', async () => {
  const store = new SqliteStore(path);
  const add = (...ids: string[]): unknown => store.transaction(() => ids.map((id) => store.add(image(id), 0)));
  add(...Array.from({ length: 50 }, (_, number) => `image ${number}`));
  while (store.compactSome());
  const reported: unknown[] = [];
  const deaths: Error[] = [];
  const index = openSqliteIndex(path, {
    onCrash: (error) => deaths.push(error),
    onAccess: (kind, failure) =>
      reported.push([kind, failure?.error.reason, failure?.cause instanceof Error ? failure.cause.message : '']),
  });
  await index.ready();
  damage(path);
  add('new');
  await expect(index.add(image('newer'), never)).rejects.toMatchObject({ reason: 'STORAGE_CORRUPT' });
  await expect(index.list('f', 0, 10, never)).rejects.toMatchObject({ reason: 'STORAGE_CORRUPT' });
  expect(reported).toEqual([
    ['writes', 'STORAGE_CORRUPT', expect.stringMatching(/malformed/)],
    ['reads', 'STORAGE_CORRUPT', expect.stringMatching(/malformed/)],
  ]);
  expect(deaths).toEqual([]);
  await index.close();
  store.close();
});
