import { cpSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { repositoryRoot } from '../server/paths.js';

/** A temporary folder with some files and folders of this clone as they are, nothing built, and the same packages. */
export function partialClone(names: readonly string[]): string {
  const clone = mkdtempSync(join(tmpdir(), 'visiond-clone-'));
  for (const name of ['scripts', 'tsconfig.json', 'package.json', 'package-lock.json', ...names]) {
    cpSync(join(repositoryRoot, name), join(clone, name), {
      recursive: true,
      filter: (source) => basename(source) !== 'dist',
    });
  }
  symlinkSync(join(repositoryRoot, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

/** What git ignores, and git's own. */
const notCommitted = new Set(['.git', 'node_modules', 'dist', 'data', 'coverage']);

/** A copy of this clone, in which is built what is built here. */
export function wholeClone(): string {
  const clone = partialClone(readdirSync(repositoryRoot).filter((name) => !notCommitted.has(name)));
  for (const built of ['dist', 'client/dist', 'page/dist']) {
    symlinkSync(join(repositoryRoot, built), join(clone, built));
  }
  return clone;
}

/** The environment as in a shell: npm hands the settings of the clone that it runs in on to what it runs. */
export const npmEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
);
