import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../paths.js';
import { embeddingBytes, hashBytes, type NewImage } from './image-index.js';
import { IndexFileError, prepareIndexFile } from './index-file.js';
import { SqliteStore } from './sqlite-store.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-index-file-'));
afterAll(() => rmSync(root, { recursive: true }));
let path: string;
beforeEach(() => (path = join(mkdtempSync(join(root, 'x-')), 'new', 'index.db')));

const mode = (file: string): number => statSync(file).mode & 0o777;
const vectors = { hash: new Uint8Array(hashBytes), embedding: new Int8Array(embeddingBytes) };
const fingerprint = { contentHash: new Uint8Array(16), vectors, details: new Uint8Array(100) };
const image: NewImage = { folder: 'f', id: 'a', imageUrl: '', pageUrl: '', title: '', description: '', fingerprint };
const addTo = (store: SqliteStore): unknown => store.transaction(() => store.add(image, 0));

describe('the file of the index', () => {
  it('is accessible to its owner only, and so is the folder that was created for it', () => {
    const store = new SqliteStore(path);
    addTo(store);
    expect([mode(join(path, '..')), ...['', '-wal', '-shm'].map((end) => mode(`${path}${end}`))]).toEqual([
      0o700, 0o600, 0o600, 0o600,
    ]);
    expect(readdirSync(join(path, '..')).toSorted()).toEqual(['index.db', 'index.db-shm', 'index.db-wal']);
    store.close();
  });

  it('becomes so if an older server created it', () => {
    const before = new SqliteStore(path);
    addTo(before);
    execFileSync('chmod', ['644', path, `${path}-wal`, `${path}-shm`]);
    const store = new SqliteStore(path);
    expect(['', '-wal', '-shm'].map((end) => mode(`${path}${end}`))).toEqual([0o600, 0o600, 0o600]);
    expect(store.counts('f').images).toBe(1);
    for (const opened of [before, store]) opened.close();
  });

  it('is rejected if it is empty, and its log is kept', () => {
    const store = new SqliteStore(path);
    addTo(store);
    const [file, log] = [join(root, 'emptied.db'), join(root, 'emptied.db-wal')];
    copyFileSync(`${path}-wal`, log);
    store.close();
    writeFileSync(file, '');
    expect(() => new SqliteStore(file)).toThrow(
      new IndexFileError(
        `The index ${file} is empty: its images were lost. Restore a backup, or delete it and ${log} to start with an empty index.`,
      ),
    );
    expect(statSync(log).size).toBeGreaterThan(0);
    truncateSync(log);
    expect(() => new SqliteStore(file)).toThrow(
      `The index ${file} is empty: its images were lost. Restore a backup, or delete it to start with an empty index.`,
    );
    expect(statSync(file).size).toBe(0);
  });

  it('is rejected if it is missing and its log exists', () => {
    const [file, log] = [join(root, 'lost.db'), join(root, 'lost.db-wal')];
    writeFileSync(log, 'something');
    expect(() => new SqliteStore(file)).toThrow(`The index ${file} is missing, but its log ${log} exists.`);
    expect([existsSync(file), statSync(log).size]).toEqual([false, 9]);
  });

  it('is complete or missing, even if the process that creates it dies', () => {
    const dying = (): void =>
      prepareIndexFile(path, (unfinished) => {
        writeFileSync(unfinished, 'half a file');
        throw new Error('killed');
      });
    expect(dying).toThrow('killed');
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('is created once if several processes start at the same time', () => {
    prepareIndexFile(path, (unfinished) => {
      writeFileSync(unfinished, 'ours');
      const other = new SqliteStore(path);
      addTo(other);
      other.close();
    });
    const store = new SqliteStore(path);
    expect(store.counts('f').images).toBe(1);
    store.close();
  });
});

describe('a truncated file', () => {
  const ids = Array.from({ length: 300 }, (_, index) => String(index));
  const details = new Uint8Array(4000);
  const fill = (store: SqliteStore): unknown =>
    store.transaction(() => ids.map((id) => store.add({ ...image, id, fingerprint: { ...fingerprint, details } }, 0)));
  const compact = (store: SqliteStore): void => {
    store.transaction(() => ids.map((id) => store.delete('f', id)));
    while (store.compactSome());
  };
  const flush = (): unknown =>
    execFileSync(
      process.execPath,
      ['-e', `new (require('libsql'))(${JSON.stringify(path)}).exec('PRAGMA wal_checkpoint(TRUNCATE)')`],
      { cwd: repositoryRoot },
    );

  it('is rejected until its missing images are restored', () => {
    const store = new SqliteStore(path);
    fill(store);
    flush();
    addTo(store);
    const whole = readFileSync(path);
    for (const bytes of [0, 10, 4096, whole.length - 1]) {
      truncateSync(path, bytes);
      for (let attempt = 0; attempt < 2; attempt++) expect(() => addTo(store)).toThrow('replaced or truncated');
      writeFileSync(path, whole);
      expect(addTo(store)).toBe('unchanged');
    }
    store.close();
  });

  it.each(['this', 'another'])('is accepted if %s process reclaimed space', (who) => {
    const store = new SqliteStore(path);
    fill(store);
    flush();
    addTo(store);
    const before = statSync(path).size;
    const compacting = who === 'this' ? store : new SqliteStore(path);
    compact(compacting);
    expect(statSync(path).size).toBeLessThan(before / 2);
    fill(compacting);
    expect(addTo(store)).toBe('unchanged');
    for (const opened of new Set([compacting, store])) opened.close();
  });
});

describe('visiond serve', () => {
  it('exits with a message if the file is empty', () => {
    const data = mkdtempSync(join(root, 'data-'));
    writeFileSync(join(data, 'index.db'), '');
    const args = [
      join(repositoryRoot, 'server/bin/visiond.js'),
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--workers',
      '1',
      '--data-dir',
      data,
    ];
    const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([
      1,
      expect.stringMatching(/\n[^\n]*index\.db is empty: its images were lost[^\n]* to start with an empty index\.\n$/),
    ]);
  });
});
