import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { SqliteConnection } from './sqlite-connection.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-connection-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('reports that the file cannot grow, keeps its rows, and writes again once it can', () => {
  const db = new SqliteConnection(join(folder, 'full.db'));
  db.prepareForWriting();
  db.exec('CREATE TABLE things (number INTEGER, bytes BLOB)');
  const add = (count: number): void =>
    db.write(() => {
      for (let number = 0; number < count; number++) {
        db.run('INSERT INTO things VALUES (?, ?)', number, Buffer.alloc(3000));
      }
    });
  const count = (): unknown => db.row('SELECT count(*) FROM things')?.[0];
  add(3);
  // SQLite fails in the same way as on a full disk.
  db.exec('PRAGMA max_page_count = 10');
  expect(() => add(100)).toThrow(expect.objectContaining({ code: 'SQLITE_FULL', message: 'database or disk is full' }));
  expect(count()).toBe(3);
  db.exec('PRAGMA max_page_count = 1000');
  add(100);
  expect(count()).toBe(103);
  db.close();
});

it('waits for other processes only so long, and says that they are in the way', () => {
  const path = join(folder, 'busy.db');
  const [one, other] = [new SqliteConnection(path, 50), new SqliteConnection(path, 50)];
  one.prepareForWriting();
  one.exec('CREATE TABLE things (number INTEGER)');
  one.write(() => {
    expect(() => other.write(() => {})).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }));
    expect(other.row('SELECT count(*) FROM things')).toEqual([0]);
  });
  other.write(() => other.run('INSERT INTO things VALUES (1)'));
  expect(one.row('SELECT count(*) FROM things')).toEqual([1]);
  for (const db of [one, other]) db.close();
});
