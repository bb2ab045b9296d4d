import { randomUUID } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { withPath } from './file-problem.js';

export interface NewFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Access rights. Without them, those of the file that is replaced, or the usual ones. */
  readonly mode?: number;
}

/** As `replaceFiles`, for one file. */
export function replaceFile(file: NewFile): void {
  replaceFiles([file]);
}

/**
 * Writes files as a whole: on a full disk none of them is there, and those that were there before still are. Nobody ever
 * reads half of one. What is no regular file, such as a pipe, is written to at its place.
 * @throws Error of node:fs that has the path
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
