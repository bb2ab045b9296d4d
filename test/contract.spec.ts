import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';

const execute = promisify(execFile);
const buf = (...args: string[]) =>
  execute(join(repositoryRoot, 'node_modules/.bin/buf'), args, { cwd: repositoryRoot });

describe('proto', () => {
  it('passes the linter', async () => {
    await expect(buf('lint')).resolves.toBeDefined();
  });

  it('is formatted', async () => {
    await expect(buf('format', '--exit-code', '--diff')).resolves.toBeDefined();
  });

  // proto/released.binpb is the contract that clients have. It is written anew only when a release adds to it:
  // buf build --as-file-descriptor-set --exclude-source-info -o proto/released.binpb
  it('breaks nothing that was released', async () => {
    await expect(buf('breaking', '--against', 'proto/released.binpb')).resolves.toBeDefined();
  });
});

describe('gen', () => {
  it('is what proto generates', async () => {
    const base = await mkdtemp(join(tmpdir(), 'visiond-gen-'));
    try {
      await execute(process.execPath, ['scripts/generate.mjs', base], { cwd: repositoryRoot });
      const [committed, generated] = [
        await contentsOf(join(repositoryRoot, 'gen')),
        await contentsOf(join(base, 'gen')),
      ];
      expect([...generated.keys()]).toEqual([...committed.keys()]);
      for (const [file, text] of generated) {
        expect(text === committed.get(file), `${file} differs: npm run generate`).toBe(true);
      }
    } finally {
      await rm(base, { recursive: true });
    }
  });
});

async function contentsOf(folder: string): Promise<Map<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents = new Map<string, string>();
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    contents.set(path.slice(folder.length), await readFile(path, 'utf8'));
  }
  return new Map([...contents].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
