import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../paths.js';
import { SqliteStore } from './sqlite-store.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-crash-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a process that adds images, and kills it after so many commits. @returns the ids that it acknowledged */
function writer(path: string, prefix: string, size: number, commits: number, killAfter = Infinity): Promise<string[]> {
  const script = join(repositoryRoot, 'test/workers/index-writer.mjs');
  const child = spawn(process.execPath, [script, path, prefix, String(size), String(commits)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > killAfter) child.kill('SIGKILL');
  });
  // The last line may be truncated.
  return new Promise((resolve) => child.once('close', () => resolve(output.split('\n').slice(0, -1))));
}

/** The ids in a store. Checks that every image is complete. */
function wholeImages(path: string): Set<string> {
  const store = new SqliteStore(path);
  const { images } = store.list('f', 0, 1_000_000);
  const added: Array<{ image: number; hash: Uint8Array }> = [];
  store.readChanges(false, {
    add: (_folder, image, { hash }) => added.push({ image, hash }),
    remove: (_folder, image) => expect(image).toBeUndefined(),
  });
  expect(new Set(added.map(({ image }) => image)).size).toBe(images.length);
  expect(added).toHaveLength(images.length);
  expect(store.counts('f')).toEqual({ images: images.length, outdated: 0 });
  for (const { image, hash } of added) {
    const details = store.details(image);
    expect(details?.length).toBe(6480);
    expect(details?.every((byte) => byte === hash[0])).toBe(true);
  }
  store.close();
  return new Set(images.map(({ id }) => id));
}

describe('a store whose writer is killed', () => {
  it('has every acknowledged image, complete, 20 times in a row', async () => {
    const path = join(folder, 'killed.db');
    const acknowledged: string[] = [];
    for (let round = 0; round < 20; round++) {
      acknowledged.push(...(await writer(path, `r${round}`, 1 + (round % 8), 10_000, 10 + 7 * round)));
    }
    const found = wholeImages(path);
    expect(acknowledged.length).toBeGreaterThan(200);
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  });
});

describe('three writers at once', () => {
  it('lose nothing', async () => {
    const path = join(folder, 'shared.db');
    const written = await Promise.all(['a', 'b', 'c'].map((prefix) => writer(path, prefix, 5, 40)));
    expect(written.map(({ length }) => length)).toEqual([200, 200, 200]);
    expect(wholeImages(path)).toEqual(new Set(written.flat()));
  });
});
