import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import {
  descriptorVersion,
  embeddingBytes,
  hashBytes,
  type AddOutcome,
  type ImagePage,
  type NewImage,
  type StoredImage,
  type Vectors,
} from './image-index.js';

/** A row of vectors as it is stored: number of the image and of the folder (both 32 bits), hash, embedding. */
const vectorRowBytes = 8 + hashBytes + embeddingBytes;
/** Numbers of images whose vectors SQLite glues together for one reading: five times as fast as row by row. */
const imagesARead = 4096;
/** How long a writer waits for the writers of other processes. */
const busyMs = 30_000;

export const vectorTable = `vectors_v${descriptorVersion}`;
export const detailTable = `details_v${descriptorVersion}`;
const segmentTable = `segments_v${descriptorVersion}`;
const schemaVersion = 2;

const schema = `
  CREATE TABLE IF NOT EXISTS folders (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  -- A number is never used twice: other processes follow what is new by it.
  CREATE TABLE IF NOT EXISTS images (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL,
    id TEXT NOT NULL,
    image_url TEXT NOT NULL,
    page_url TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    UNIQUE (folder, id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS images_by_content ON images (content_hash);
  CREATE INDEX IF NOT EXISTS images_by_folder ON images (folder, number);
  CREATE TABLE IF NOT EXISTS deletions (number INTEGER PRIMARY KEY AUTOINCREMENT, folder INTEGER NOT NULL, image INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS deletions_by_image ON deletions (image);
  -- Vectors of the latest images; those before them are in segments.
  CREATE TABLE IF NOT EXISTS ${vectorTable} (image INTEGER PRIMARY KEY, vectors BLOB NOT NULL) STRICT;
  -- Rows of the vectors of images from first to last, without those deleted before or with the given deletion.
  CREATE TABLE IF NOT EXISTS ${segmentTable} (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, deletion INTEGER NOT NULL, vectors BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS ${detailTable} (image INTEGER PRIMARY KEY, details BLOB NOT NULL) STRICT;
`;

const imageColumns = 'number, id, image_url, page_url, title, description, created_ms';

/** Hears which vectors there are. */
export interface VectorListener {
  add(folder: number, image: number, vectors: Vectors): void;
  /** The image may be one that was never added. */
  remove(folder: number, image: number): void;
}

type Row = readonly unknown[];

/**
 * The truth about all corpora, in one SQLite file that several processes may share. A commit is on disk before it is
 * acknowledged (WAL, synchronous=FULL). The binding is libsql: it carries SQLite for every platform inside its npm
 * packages, where better-sqlite3 downloads or compiles when it is installed.
 */
export class SqliteStore {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  #lastImage = 0;
  #lastDeletion: number;
  #dataVersion = -1;

  readonly #imagesASegment: number;

  /**
   * @param imagesASegment numbers of images whose vectors are put side by side once there are so many: a start reads them
   * all, and rows that came with the details of their images lie all over the file
   * @throws Error when the file cannot be opened or comes from a newer server
   */
  constructor(path: string, imagesASegment = 4096) {
    this.#imagesASegment = imagesASegment;
    mkdirSync(dirname(path), { recursive: true });
    this.#db = new Database(path);
    this.#db.exec(`PRAGMA busy_timeout = ${busyMs}`);
    this.#db.exec('PRAGMA auto_vacuum = INCREMENTAL');
    this.#db.exec('PRAGMA journal_mode = WAL');
    this.#db.exec('PRAGMA synchronous = FULL');
    const found = integer(this.#row('PRAGMA user_version')?.[0]);
    if (found > schemaVersion) {
      throw new Error(`${path} has format ${found}, this server knows ${schemaVersion}. A newer server wrote it.`);
    }
    this.transaction(() => {
      this.#db.exec(schema);
      this.#db.exec(`PRAGMA user_version = ${schemaVersion}`);
    });
    this.#lastDeletion = integer(this.#row('SELECT coalesce(max(number), 0) FROM deletions')?.[0]);
  }

  /** Runs a task as a whole or not at all. */
  transaction<Result>(task: () => Result): Result {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = task();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Adds an image, inside a transaction. */
  add({ folder: name, descriptor, ...data }: NewImage, nowMs: number): AddOutcome {
    const folder = this.folderNumber(name) ?? this.#addFolder(name);
    const known = this.#row(`SELECT content_hash, ${imageColumns} FROM images WHERE folder = ? AND id = ?`, folder, data.id);
    if (known !== undefined) {
      const [contentHash, ...columns] = known;
      const number = integer(columns[0]);
      const sameFile = Buffer.compare(blob(contentHash), descriptor.contentHash) === 0 && this.#hasDescriptor(number);
      const before = storedImage(columns);
      if (sameFile && before.imageUrl === data.imageUrl && before.pageUrl === data.pageUrl && before.title === data.title && before.description === data.description) {
        return 'unchanged';
      }
      this.#deleteImage(folder, number);
    }
    this.#run(
      'INSERT INTO images (folder, id, image_url, page_url, title, description, created_ms, content_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      folder, data.id, data.imageUrl, data.pageUrl, data.title, data.description, nowMs, Buffer.from(descriptor.contentHash),
    );
    const image = integer(this.#row('SELECT last_insert_rowid()')?.[0]);
    if (descriptor.vectors !== undefined) {
      this.#run(`INSERT INTO ${vectorTable} VALUES (?, ?)`, image, packVectors(folder, image, descriptor.vectors));
    }
    this.#run(`INSERT INTO ${detailTable} VALUES (?, ?)`, image, Buffer.from(descriptor.details));
    return known === undefined ? 'added' : 'replaced';
  }

  /** Deletes an image, inside a transaction. */
  delete(folderName: string, id: string): boolean {
    const folder = this.folderNumber(folderName);
    const row = folder === undefined ? undefined : this.#row('SELECT number FROM images WHERE folder = ? AND id = ?', folder, id);
    if (folder === undefined || row === undefined) return false;
    this.#deleteImage(folder, integer(row[0]));
    return true;
  }

  get(folderName: string, id: string): StoredImage | undefined {
    const row = this.#row(`SELECT ${imageColumns} FROM images WHERE folder = ? AND id = ?`, this.folderNumber(folderName) ?? -1, id);
    return row && storedImage(row);
  }

  byNumber(image: number): StoredImage | undefined {
    const row = this.#row(`SELECT ${imageColumns} FROM images WHERE number = ?`, image);
    return row && storedImage(row);
  }

  list(folderName: string, from: number, count: number): ImagePage {
    const rows = this.#rows(
      `SELECT ${imageColumns} FROM images WHERE folder = ? AND number >= ? ORDER BY number LIMIT ?`,
      this.folderNumber(folderName) ?? -1, from, count + 1,
    );
    const next = rows[count];
    return { images: rows.slice(0, count).map(storedImage), next: next && integer(next[0]) };
  }

  /** Images whose files have these bytes, so many at most. */
  sameFiles(folder: number, contentHash: Uint8Array, most: number): number[] {
    // The plus keeps SQLite from going through the whole folder: it cannot know which of the indexes tells more.
    const rows = this.#rows('SELECT number FROM images WHERE content_hash = ? AND +folder = ? LIMIT ?', Buffer.from(contentHash), folder, most);
    return rows.map(([number]) => integer(number));
  }

  details(image: number): Uint8Array | undefined {
    const row = this.#row(`SELECT details FROM ${detailTable} WHERE image = ?`, image);
    return row && blob(row[0]);
  }

  folderNumber(name: string): number | undefined {
    const row = this.#row('SELECT number FROM folders WHERE name = ?', name);
    return row && integer(row[0]);
  }

  /** Images of a folder: all, and those without a descriptor of this version. */
  counts(folderName: string): { images: number; outdated: number } {
    const [images, outdated] = this.#row(
      `SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM ${detailTable} WHERE image = images.number)) FROM images WHERE folder = ?`,
      this.folderNumber(folderName) ?? -1,
    ) ?? [];
    return { images: integer(images), outdated: integer(outdated) };
  }

  diskBytes(): number {
    const [pages, size] = [this.#row('PRAGMA page_count')?.[0], this.#row('PRAGMA page_size')?.[0]];
    return integer(pages) * integer(size);
  }

  /**
   * Tells what was committed by any process since the last call, first the whole store. Costs microseconds when nothing was.
   * @param own whether this process committed something, of which SQLite does not tell
   */
  follow(own: boolean, listener: VectorListener): void {
    const dataVersion = integer(this.#row('PRAGMA data_version')?.[0]);
    if (dataVersion === this.#dataVersion && !own) return;
    this.#dataVersion = dataVersion;
    // One view of the store for all that is read: another process may be moving vectors to a segment.
    this.#db.exec('BEGIN');
    try {
      this.#tellAdded(listener);
      const deletions = this.#rows('SELECT number, folder, image FROM deletions WHERE number > ? ORDER BY number', this.#lastDeletion);
      for (const [number, folder, image] of deletions) {
        listener.remove(integer(folder), integer(image));
        this.#lastDeletion = integer(number);
      }
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  /** Puts the vectors of many images side by side where there are enough of them, inside a transaction. */
  gather(): void {
    for (;;) {
      const [first, last] = this.#row(`SELECT (SELECT min(image) FROM ${vectorTable}), (SELECT max(image) FROM ${vectorTable})`) ?? [];
      if (first === null || integer(last) - integer(first) < this.#imagesASegment) return;
      const range = [integer(first), integer(first) + this.#imagesASegment - 1] as const;
      this.#writeSegment(...range, this.#glued(...range));
      this.#run(`DELETE FROM ${vectorTable} WHERE image BETWEEN ? AND ?`, ...range);
    }
  }

  /** Gives some space of what was deleted back to the file system. @returns whether there is more */
  compactSome(): boolean {
    const [segment] = this.#rows(
      `SELECT first, last, vectors FROM ${segmentTable} AS segment
       WHERE EXISTS (SELECT 1 FROM deletions WHERE image BETWEEN segment.first AND segment.last AND number > segment.deletion) LIMIT 1`,
    );
    if (segment !== undefined) {
      const [first, last, vectors] = [integer(segment[0]), integer(segment[1]), blob(segment[2])];
      this.transaction(() => this.#writeSegment(first, last, vectors));
      return true;
    }
    this.#db.exec('PRAGMA incremental_vacuum(2000)');
    const left = integer(this.#row('PRAGMA freelist_count')?.[0]);
    if (left === 0) this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return left > 0;
  }

  close(): void {
    this.#db.close();
  }

  #tellAdded(listener: VectorListener): void {
    const tell = (rows: Buffer, from: number, deleted: ReadonlySet<number>): void => {
      for (let at = 0; at < rows.length; at += vectorRowBytes) {
        const { folder, image, vectors } = unpackVectors(rows, at);
        if (image >= from && !deleted.has(image)) listener.add(folder, image, vectors);
      }
    };
    const from = this.#lastImage + 1;
    for (const [segment] of this.#rows(`SELECT first FROM ${segmentTable} WHERE last >= ? ORDER BY first`, from)) {
      const [first, last, deletion, vectors] = this.#row(`SELECT first, last, deletion, vectors FROM ${segmentTable} WHERE first = ?`, segment) ?? [];
      tell(blob(vectors), from, this.#deleted(integer(first), integer(last), integer(deletion)));
      this.#lastImage = integer(last);
    }
    const latest = integer(this.#row(`SELECT coalesce(max(image), 0) FROM ${vectorTable}`)?.[0]);
    for (let first = this.#lastImage + 1; first <= latest; first += imagesARead) {
      tell(this.#glued(first, first + imagesARead - 1), from, new Set());
    }
    this.#lastImage = Math.max(this.#lastImage, latest);
  }

  /** The rows of vectors of these images. SQLite puts them together: five times as fast as row by row. */
  #glued(first: number, last: number): Buffer {
    const [glued] = this.#row(`SELECT CAST(group_concat(vectors, '') AS BLOB) FROM ${vectorTable} WHERE image BETWEEN ? AND ?`, first, last) ?? [];
    return glued === null ? Buffer.alloc(0) : blob(glued);
  }

  /** Writes a segment of these rows, without the images that were deleted. */
  #writeSegment(first: number, last: number, rows: Buffer): void {
    const deleted = this.#deleted(first, last, 0);
    const starts = Array.from({ length: rows.length / vectorRowBytes }, (_, index) => index * vectorRowBytes);
    const kept = starts.map((at) => rows.subarray(at, at + vectorRowBytes)).filter((row) => !deleted.has(unpackVectors(row, 0).image));
    const deletion = integer(this.#row('SELECT coalesce(max(number), 0) FROM deletions')?.[0]);
    this.#run(`INSERT OR REPLACE INTO ${segmentTable} VALUES (?, ?, ?, ?)`, first, last, deletion, Buffer.concat(kept));
  }

  /** Images of a range that were deleted after a deletion. */
  #deleted(first: number, last: number, deletion: number): Set<number> {
    return new Set(this.#rows('SELECT image FROM deletions WHERE image BETWEEN ? AND ? AND number > ?', first, last, deletion).map(([image]) => integer(image)));
  }

  #addFolder(name: string): number {
    this.#run('INSERT INTO folders (name) VALUES (?)', name);
    return integer(this.#row('SELECT last_insert_rowid()')?.[0]);
  }

  #hasDescriptor(image: number): boolean {
    return this.#row(`SELECT 1 FROM ${detailTable} WHERE image = ?`, image) !== undefined;
  }

  #deleteImage(folder: number, image: number): void {
    for (const [table] of this.#rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '*_v[0-9]*' AND name NOT GLOB 'segments_v*'")) {
      this.#run(`DELETE FROM ${String(table)} WHERE image = ?`, image);
    }
    this.#run('DELETE FROM images WHERE number = ?', image);
    this.#run('INSERT INTO deletions (folder, image) VALUES (?, ?)', folder, image);
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }

  #run(sql: string, ...values: unknown[]): void {
    this.#statement(sql).run(...values);
  }

  #row(sql: string, ...values: unknown[]): Row | undefined {
    return this.#rows(sql, ...values)[0];
  }

  #rows(sql: string, ...values: unknown[]): Row[] {
    const rows: unknown = this.#statement(sql).raw().all(...values);
    if (!Array.isArray(rows)) throw new Error(`SQLite gave no rows for ${sql}`);
    return rows.filter((row): row is Row => Array.isArray(row));
  }
}

/** The row that `follow` reads back. */
export function packVectors(folder: number, image: number, { hash, embedding }: Vectors): Buffer {
  const row = Buffer.alloc(vectorRowBytes);
  row.writeUInt32LE(image, 0);
  row.writeUInt32LE(folder, 4);
  row.set(hash, 8);
  row.set(new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.length), 8 + hashBytes);
  return row;
}

function unpackVectors(bytes: Buffer, at: number): { folder: number; image: number; vectors: Vectors } {
  const hash = bytes.subarray(at + 8, at + 8 + hashBytes);
  const embedding = new Int8Array(bytes.buffer, bytes.byteOffset + at + 8 + hashBytes, embeddingBytes);
  return { image: bytes.readUInt32LE(at), folder: bytes.readUInt32LE(at + 4), vectors: { hash, embedding } };
}

function storedImage([, id, imageUrl, pageUrl, title, description, createdMs]: Row): StoredImage {
  return {
    id: String(id),
    imageUrl: String(imageUrl),
    pageUrl: String(pageUrl),
    title: String(title),
    description: String(description),
    createdMs: integer(createdMs),
  };
}

function integer(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`SQLite gave ${String(value)} for a number`);
  return value;
}

function blob(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length);
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  throw new Error('SQLite gave no bytes');
}
