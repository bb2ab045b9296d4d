import Database from 'libsql';
import type { NewImage } from '../server/image-index/image-index.js';
import { detailTable, vectorTable } from '../server/image-index/sqlite-schema.js';
import { SqliteStore } from '../server/image-index/sqlite-store.js';
import { encodeVectorRow } from '../server/image-index/vector-row.js';

/** Images per statement, and per commit. */
const rowsPerStatement = 50;
const rowsPerCommit = 10_000;
/** The only folder of the store. */
const folder = 1;

/**
 * Adds images `from` to `to` to a store that holds those before, with the rows that the server would write, but many
 * per statement and without waiting for the disk: a million take minutes instead of an hour.
 */
export function fillStore(path: string, from: number, to: number, made: (number: number) => NewImage): void {
  const store = new SqliteStore(path);
  const db = new Database(path);
  db.exec('PRAGMA synchronous = OFF');
  const statement = (count: number) => {
    const rows = (columns: number): string =>
      Array(count)
        .fill(`(${Array(columns).fill('?').join(', ')})`)
        .join(', ');
    return {
      images: db.prepare(
        `INSERT INTO images (number, folder, id, image_url, page_url, title, description, created_ms, content_hash) VALUES ${rows(9)}`,
      ),
      vectors: db.prepare(`INSERT INTO ${vectorTable} VALUES ${rows(2)}`),
      details: db.prepare(`INSERT INTO ${detailTable} VALUES ${rows(2)}`),
    };
  };
  const full = statement(rowsPerStatement);
  const started = performance.now();
  db.exec('BEGIN');
  for (let first = from; first < to; first += rowsPerStatement) {
    const batch = Array.from({ length: Math.min(rowsPerStatement, to - first) }, (_, index) => ({
      number: first + index + 1,
      image: made(first + index),
    }));
    const { images, vectors, details } = batch.length === rowsPerStatement ? full : statement(batch.length);
    images.run(
      ...batch.flatMap(({ number, image: { id, imageUrl, pageUrl, title, description, fingerprint } }) => [
        number,
        folder,
        id,
        imageUrl,
        pageUrl,
        title,
        description,
        0,
        Buffer.from(fingerprint.contentHash),
      ]),
    );
    vectors.run(
      ...batch.flatMap(({ number, image: { fingerprint } }) => {
        if (fingerprint.vectors === undefined) throw new Error('A model without vectors was taken');
        return [number, encodeVectorRow(folder, number, fingerprint.vectors)];
      }),
    );
    details.run(...batch.flatMap(({ number, image: { fingerprint } }) => [number, Buffer.from(fingerprint.details)]));
    if ((first + batch.length - from) % rowsPerCommit < rowsPerStatement) {
      db.exec('COMMIT');
      store.transaction(() => store.moveToSegments());
      db.exec('BEGIN');
    }
    if ((first + batch.length) % 50_000 < rowsPerStatement) {
      process.stderr.write(
        `${first + batch.length} images after ${((performance.now() - started) / 1000).toFixed(0)} s\n`,
      );
    }
  }
  db.exec('COMMIT');
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  store.close();
}
