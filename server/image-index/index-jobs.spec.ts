import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { contentHashBytes, embeddingBytes, hashBytes, type NewImage, type CandidateQuery } from './image-index.js';
import { createIndexJobs } from './index-jobs.js';
import { SqliteStore } from './sqlite-store.js';

let folder: string;
let path: string;
/** Another process that uses the file. */
let other: SqliteStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-jobs-'));
  path = join(folder, 'index.db');
  other = new SqliteStore(path);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
  other.close();
  rmSync(folder, { recursive: true });
});

const hash = new Uint8Array(hashBytes).fill(7);
const query: CandidateQuery = {
  folder: 'f',
  contentHash: new Uint8Array(contentHashBytes),
  hashes: [hash],
  maxHashDistance: 1,
  embeddings: [],
};

function image(id: string): NewImage {
  const vectors = { hash, embedding: new Int8Array(embeddingBytes) };
  const fingerprint = { contentHash: new Uint8Array(contentHashBytes).fill(1), vectors, details: new Uint8Array(6480) };
  return { folder: 'f', id, imageUrl: '', pageUrl: '', title: '', description: '', fingerprint };
}

function addElsewhere(...ids: readonly string[]): void {
  other.transaction(() => ids.map((id) => other.add(image(id), 0)));
}

describe('the thread of the index', () => {
  it('follows what others write twice a second, without being asked', async () => {
    const jobs = createIndexJobs(path);
    await jobs.open(null);
    const { memoryBytes: empty } = await jobs.stats('f');
    // More than a page of WebAssembly, of 64 KB.
    addElsewhere(...Array.from({ length: 1000 }, (_, number) => `image ${number}`));
    vi.advanceTimersByTime(499);
    expect((await jobs.stats('f')).memoryBytes).toBe(empty);
    vi.advanceTimersByTime(1);
    expect((await jobs.stats('f')).memoryBytes).toBeGreaterThan(empty);
  });

  it('follows at once where somebody searches', async () => {
    const jobs = createIndexJobs(path);
    expect(await jobs.findCandidates(query)).toEqual([]);
    addElsewhere('new');
    expect((await jobs.findCandidates(query)).map(({ sameFile, hash: found }) => [sameFile, found])).toEqual([
      [false, hash],
    ]);
  });

  it('does not die of a file that cannot be followed, and leaves the error to whoever asks', async () => {
    addElsewhere(...Array.from({ length: 50 }, (_, number) => `image ${number}`));
    while (other.compactSome());
    const jobs = createIndexJobs(path);
    await jobs.open(null);
    const handle = openSync(path, 'r+');
    // All but the first page, which says what the file is.
    writeSync(handle, Buffer.alloc(statSync(path).size - 4096, 0xa5), 0, undefined, 4096);
    closeSync(handle);
    addElsewhere('new');
    await expect(jobs.findCandidates(query)).rejects.toThrow('malformed');
    expect(() => vi.advanceTimersByTime(1000)).not.toThrow();
  });
});
