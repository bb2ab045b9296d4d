import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, describe, expect, it } from 'vitest';
import { embeddingBytes, hashBytes, type NewImage } from './image-index.js';
import { openIndexFile } from './sqlite-schema.js';
import { SqliteStore } from './sqlite-store.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

function image(id: string, data: Partial<NewImage> = {}): NewImage {
  const vectors = {
    hash: new Uint8Array(hashBytes).fill(id.length),
    embedding: new Int8Array(embeddingBytes).fill(-id.length),
  };
  const fingerprint = { contentHash: new Uint8Array(16).fill(1), vectors, details: Uint8Array.of(1, 2, 3) };
  return {
    folder: 'f',
    id,
    imageUrl: `https://example.org/${id}`,
    pageUrl: '',
    title: 'Ж',
    description: '',
    fingerprint,
    ...data,
  };
}

function add(store: SqliteStore, ...images: NewImage[]): string[] {
  return store.transaction(() => images.map((added) => store.add(added, 1000)));
}

/** What a connection reports since the last call. */
function changesOf(store: SqliteStore): { added: number[]; removed: number[] } {
  const [added, removed]: [number[], number[]] = [[], []];
  store.readChanges(false, {
    add: (_folder, number) => added.push(number),
    remove: (_folder, number) => removed.push(number),
  });
  return { added, removed };
}

describe('SqliteStore', () => {
  it('keeps images, also after it is reopened', () => {
    const path = join(folder, 'made', 'for it', 'keep.db');
    const store = new SqliteStore(path);
    expect(add(store, image('a'), image('b', { title: "it's" }))).toEqual(['added', 'added']);
    store.close();
    const again = new SqliteStore(path);
    expect(again.get('f', 'b')).toEqual({
      id: 'b',
      imageUrl: 'https://example.org/b',
      pageUrl: '',
      title: "it's",
      description: '',
      createdMs: 1000,
    });
    expect(again.get('g', 'b')).toBeUndefined();
    const added: unknown[] = [];
    again.readChanges(false, {
      add: (ofFolder, number, { hash, embedding }) => added.push([ofFolder, number, hash[0], embedding[0]]),
      remove: () => added.push('removed'),
    });
    expect(added).toEqual([
      [1, 1, 1, -1],
      [1, 2, 1, -1],
    ]);
    expect(again.details(1)).toEqual(Buffer.from([1, 2, 3]));
    again.close();
  });

  it('adds nothing twice, and replaces changed images', () => {
    const store = new SqliteStore(join(folder, 'twice.db'));
    add(store, image('a'));
    expect(add(store, image('a'))).toEqual(['unchanged']);
    expect(add(store, image('a', { title: 'new' }))).toEqual(['replaced']);
    const { fingerprint } = image('a');
    expect(
      add(store, image('a', { title: 'new', fingerprint: { ...fingerprint, contentHash: new Uint8Array(16) } })),
    ).toEqual(['replaced']);
    expect(store.counts('f')).toEqual({ images: 1, outdated: 0 });
    expect(store.delete('f', 'a')).toBe(true);
    expect(store.delete('f', 'a')).toBe(false);
    expect(store.counts('f')).toEqual({ images: 0, outdated: 0 });
    store.close();
  });

  it('reports to each connection what the others did', () => {
    const path = join(folder, 'follow.db');
    const [writer, reader] = [new SqliteStore(path), new SqliteStore(path)];
    expect(changesOf(reader)).toEqual({ added: [], removed: [] });
    add(writer, image('a'), image('b'));
    expect(changesOf(reader)).toEqual({ added: [1, 2], removed: [] });
    writer.transaction(() => writer.delete('f', 'a'));
    expect(changesOf(reader)).toEqual({ added: [], removed: [1] });
    expect(changesOf(reader)).toEqual({ added: [], removed: [] });
    writer.close();
    reader.close();
  });

  it('moves vectors to segments without a change for any connection', () => {
    const path = join(folder, 'segments.db');
    const [writer, reader] = [new SqliteStore(path, 40), new SqliteStore(path, 40)];
    const ids = Array.from({ length: 90 }, (_, index) => `image ${index}`);
    const numbers = (from: number, to: number): number[] =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index);
    add(writer, ...ids.slice(0, 30).map((id) => image(id)));
    expect(changesOf(reader).added).toEqual(numbers(1, 30));
    add(writer, ...ids.slice(30).map((id) => image(id)));
    writer.transaction(() => writer.moveToSegments());
    // The reader was in the middle of what is a segment now.
    expect(changesOf(reader)).toEqual({ added: numbers(31, 90), removed: [] });
    writer.transaction(() => [7, 50, 89].forEach((number) => writer.delete('f', `image ${number - 1}`)));
    expect(changesOf(reader)).toEqual({ added: [], removed: [7, 50, 89] });
    const left = numbers(1, 90).filter((number) => ![7, 50, 89].includes(number));
    const late = new SqliteStore(path);
    expect(changesOf(late).added).toEqual(left);
    while (writer.compactSome());
    expect(changesOf(late)).toEqual({ added: [], removed: [] });
    const later = new SqliteStore(path);
    expect(changesOf(later).added).toEqual(left);
    for (const store of [writer, reader, late, later]) store.close();
  });

  it('pages through a folder', () => {
    const store = new SqliteStore(join(folder, 'pages.db'));
    add(store, ...['a', 'b', 'c', 'd', 'e'].map((id) => image(id)), image('x', { folder: 'other' }));
    const ids: string[][] = [];
    for (let from: number | undefined = 0; from !== undefined;) {
      const { images, next } = store.list('f', from, 2);
      ids.push(images.map(({ id }) => id));
      from = next;
    }
    expect(ids).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    store.close();
  });

  it('rolls back a transaction that fails', () => {
    const store = new SqliteStore(join(folder, 'undo.db'));
    const { fingerprint } = image('b');
    const vectors = { hash: new Uint8Array(1000), embedding: new Int8Array(embeddingBytes) };
    const broken = image('b', { fingerprint: { ...fingerprint, vectors } });
    expect(() => add(store, image('a'), broken)).toThrow('offset is out of bounds');
    expect(store.counts('f').images).toBe(0);
    store.close();
  });

  it('writes nothing once its log was deleted, which holds the latest writes', () => {
    const path = join(folder, 'log.db');
    const store = new SqliteStore(path);
    add(store, image('a'));
    rmSync(`${path}-wal`);
    expect(() => add(store, image('b'))).toThrow(`${path}-wal is not the file that was opened`);
    expect(() => store.compactSome()).toThrow(`${path}-wal is not the file that was opened`);
    expect(store.counts('f').images).toBe(1);
    store.close();
  });

  it('acknowledges nothing when the file was moved during the commit', () => {
    const path = join(folder, 'moved.db');
    const store = new SqliteStore(path);
    const moveAway = (): void => {
      store.add(image('a'), 0);
      renameSync(path, join(folder, 'elsewhere.db'));
    };
    expect(() => store.transaction(moveAway)).toThrow(`${path} is not the file that was opened`);
    store.close();
  });

  it('reclaims space', () => {
    const store = new SqliteStore(join(folder, 'space.db'));
    const { fingerprint } = image('a');
    const details = new Uint8Array(7000);
    const ids = Array.from({ length: 300 }, (_, index) => `image ${index}`);
    add(store, ...ids.map((id) => image(id, { fingerprint: { ...fingerprint, details } })));
    const before = store.diskBytes();
    store.transaction(() => ids.forEach((id) => store.delete('f', id)));
    while (store.compactSome());
    expect(store.diskBytes()).toBeLessThan(before / 5);
    store.close();
  });

  it.each([
    ['of a newer server', 'CREATE TABLE images (a); PRAGMA user_version = 99', 'has format 99'],
    ['of a server with other tables', 'CREATE TABLE pictures (a); PRAGMA user_version = 3', 'has format 3'],
    ['of another program', 'CREATE TABLE images (a)', 'belongs to another program'],
  ])('rejects a file %s, says what to do, and leaves it as it is', (name, sql, problem) => {
    const path = join(folder, `${name}.db`);
    const db = new Database(path);
    db.exec(sql);
    db.close();
    const before = readFileSync(path);
    expect(() => new SqliteStore(path)).toThrow(problem);
    expect(() => new SqliteStore(path)).toThrow(/[Cc]hoose another with --index sqlite:PATH\.$/);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder).filter((file) => file.startsWith(name))).toEqual([`${name}.db`]);
  });

  it('rejects a read-only file whose tables are those of an older server', () => {
    const path = join(folder, 'older.db');
    const db = new Database(path);
    db.exec('CREATE TABLE deletions (a); CREATE TABLE vectors_v1 (a); PRAGMA user_version = 1');
    db.close();
    for (const access of ['read-only', 'unchanging'] as const) {
      expect(() => openIndexFile(path, access)).toThrow(
        `The index ${path} was written by an older server, and is read-only. Start the server once with write access`,
      );
    }
  });

  it('rejects what is not a file', () => {
    expect(() => new SqliteStore(folder)).toThrow(`The index ${folder} is a folder.`);
  });
});
