import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnusableFileError } from '../files/file-problem.js';
import { watchFile } from './watched-file.js';

let folder: string;
let path: string;
let parses: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-watched-'));
  path = join(folder, 'file');
  parses = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Trims, counts, and refuses `bad`. */
function parse(text: string): string {
  parses++;
  if (text === 'bad') throw new Error('it is bad');
  return text.trim();
}

describe('watchFile', () => {
  it('parses a file once, and again when it has changed', () => {
    writeFileSync(path, 'one');
    const read = watchFile(path, parse);
    expect([read(), read(), read(), parses]).toEqual(['one', 'one', 'one', 1]);
    writeFileSync(path, 'three');
    expect([read(), read(), parses]).toEqual(['three', 'three', 2]);
  });

  it('sees a file of the same size and time that was renamed to it', () => {
    const other = `${path}.new`;
    writeFileSync(path, 'one');
    writeFileSync(other, 'two');
    for (const file of [path, other]) utimesSync(file, 1, 1);
    const read = watchFile(path, parse);
    expect(read()).toBe('one');
    renameSync(other, path);
    expect(read()).toBe('two');
  });

  it('says why a file cannot be used, as long as it cannot', () => {
    writeFileSync(path, 'bad');
    const read = watchFile(path, parse);
    expect(read).toThrow(UnusableFileError);
    expect(read).toThrow(`${path} cannot be used: it is bad.`);
    writeFileSync(path, 'good again');
    expect(read()).toBe('good again');
    writeFileSync(path, 'bad');
    expect(read).toThrow('it is bad');
  });

  it('throws where there is no file', () => {
    const read = watchFile(path, parse);
    expect(read).toThrow(expect.objectContaining({ code: 'ENOENT', path }));
    expect(() => watchFile(folder, parse)()).toThrow(expect.objectContaining({ code: 'EISDIR', path: folder }));
  });

  it('does not call a file missing whose folder is a file', () => {
    writeFileSync(path, 'one');
    const below = join(path, 'below');
    expect(() => watchFile(below, parse, () => 'none')()).toThrow(
      expect.objectContaining({ code: 'ENOTDIR', path: below }),
    );
  });

  it('gives what there is without the file, and forgets what was in it', () => {
    const read = watchFile(path, parse, () => 'none');
    expect(read()).toBe('none');
    writeFileSync(path, 'one');
    expect(read()).toBe('one');
    renameSync(path, `${path}.old`);
    expect([read(), parses]).toEqual(['none', 1]);
    renameSync(`${path}.old`, path);
    expect([read(), parses]).toEqual(['one', 2]);
  });
});
