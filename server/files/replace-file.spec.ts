import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileProblem } from './file-problem.js';
import { replaceFile, replaceFiles } from './replace-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-replace-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (file: string): number => statSync(file).mode & 0o777;

it('makes a file with the rights that are asked for', () => {
  replaceFile({ path, content: 'new', mode: 0o600 });
  expect([readFileSync(path, 'utf8'), modeOf(path), readdirSync(folder)]).toEqual(['new', 0o600, ['file']]);
});

it('replaces what a link leads to, and keeps its rights', () => {
  writeFileSync(path, 'old');
  chmodSync(path, 0o640);
  const link = join(folder, 'link');
  symlinkSync(path, link);
  replaceFile({ path: link, content: 'new' });
  expect([readFileSync(path, 'utf8'), modeOf(path), lstatSync(link).isSymbolicLink()]).toEqual(['new', 0o640, true]);
});

it('writes all files or none, and names the one that failed', () => {
  writeFileSync(path, 'old');
  const failing = join(folder, 'missing', 'file');
  let error: unknown;
  try {
    replaceFiles([
      { path, content: 'new' },
      { path: failing, content: 'new' },
    ]);
  } catch (thrown) {
    error = thrown;
  }
  expect(fileProblem(error)).toEqual({ path: failing, reason: 'no such file or folder' });
  expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['old', ['file']]);
});
