import { randomUUID } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { withPath } from './file-problem.js';

export interface NewFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** File mode. Defaults to that of the replaced file, or the default mode. */
  readonly mode?: number;
}

/** As `replaceFiles`, for one file. */
export function replaceFile(file: NewFile): void {
  replaceFiles([file]);
}

/**
 * Replaces files atomically: on a full disk none is written and existing ones are kept, and nobody reads a partial
 * file. Anything but a regular file, such as a pipe, is written in place.
 * @throws Error of node:fs with the path
 */
export function replaceFiles(files: readonly NewFile[]): void {
  const unfinished: Unfinished[] = [];
  try {
    for (const file of files) naming(file.path, () => write(file, unfinished));
    for (const { path, goal } of unfinished) naming(goal, () => renameSync(path, goal));
  } finally {
    for (const { path } of unfinished) rmSync(path, { force: true });
  }
}

interface Unfinished {
  readonly path: string;
  readonly goal: string;
}

function write({ path, content, mode }: NewFile, unfinished: Unfinished[]): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) return writeFileSync(path, content);
  const goal = there === undefined ? path : realpathSync(path);
  const beside = `${goal}.${randomUUID()}`;
  unfinished.push({ path: beside, goal });
  writeFileSync(beside, content, { mode: mode ?? (there?.mode ?? 0o666) & 0o777 });
}

function naming(path: string, task: () => void): void {
  try {
    task();
  } catch (error) {
    throw withPath(error, path);
  }
}
