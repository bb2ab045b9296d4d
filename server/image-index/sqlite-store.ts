import { existsSync } from 'node:fs';
import type { AddOutcome, ImagePage, NewImage, StoredImage } from './image-index.js';
import { accessTo, type IndexAccess } from './index-access.js';
import { prepareIndexFile, watchIndexFile, type IndexFileWatch } from './index-file.js';
import { blob, integer, type Row, type SqliteConnection } from './sqlite-connection.js';
import { createIndexFile, detailTable, openIndexFile } from './sqlite-schema.js';
import { VectorSegments, type VectorListener } from './vector-segments.js';

const imageColumns = 'number, id, image_url, page_url, title, description, created_ms';

/** The store of all corpora: one SQLite file, which several processes may share. */
export class SqliteStore {
  readonly #path: string;
  readonly #access: IndexAccess;
  readonly #db: SqliteConnection;
  readonly #file: IndexFileWatch;
  readonly #vectors: VectorSegments;
  #lastDeletion: number;
  #dataVersion = -1;

  /**
   * @param imagesPerSegment image numbers whose vectors make up a segment (see `VectorSegments`)
   * @throws Error when the file cannot be opened, IndexFileError when it cannot be used
   */
  constructor(path: string, imagesPerSegment = 4096) {
    prepareIndexFile(path, createIndexFile);
    this.#path = path;
    this.#access = accessTo(path);
    this.#db = openIndexFile(path, this.#access);
    this.#file = watchIndexFile(path);
    this.#vectors = new VectorSegments(this.#db, imagesPerSegment);
    this.#lastDeletion = integer(this.#db.row('SELECT coalesce(max(number), 0) FROM deletions')?.[0]);
  }

  /** Whether nothing can be written. */
  get isReadOnly(): boolean {
    return this.#access !== 'writable';
  }

  /** Whether the file was read-only and is another case now, so that it should be opened again. */
  get isOutdated(): boolean {
    return this.isReadOnly && existsSync(this.#path) && accessTo(this.#path) !== this.#access;
  }

  /**
   * Runs a task as a transaction.
   * @throws IndexFileError where the file is no longer at its path
   */
  transaction<Result>(task: () => Result): Result {
    const result = this.#db.write(() => {
      this.#file.check();
      return task();
    });
    // It may have been moved since: then the commit is in a file that nobody will open again.
    this.#file.check();
    return result;
  }

  /** Adds an image, inside a transaction. */
  add({ folder: name, fingerprint, ...data }: NewImage, nowMs: number): AddOutcome {
    const folder = this.folderNumber(name) ?? this.#addFolder(name);
    const existing = this.#db.row(
      `SELECT content_hash, ${imageColumns} FROM images WHERE folder = ? AND id = ?`,
      folder,
      data.id,
    );
    if (existing !== undefined) {
      const [contentHash, ...columns] = existing;
      const number = integer(columns[0]);
      const sameFile = Buffer.compare(blob(contentHash), fingerprint.contentHash) === 0 && this.#hasFingerprint(number);
      const before = storedImage(columns);
      if (
        sameFile &&
        before.imageUrl === data.imageUrl &&
        before.pageUrl === data.pageUrl &&
        before.title === data.title &&
        before.description === data.description
      ) {
        return 'unchanged';
      }
      this.#deleteImage(folder, number);
    }
    this.#db.run(
      'INSERT INTO images (folder, id, image_url, page_url, title, description, created_ms, content_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      folder,
      data.id,
      data.imageUrl,
      data.pageUrl,
      data.title,
      data.description,
      nowMs,
      Buffer.from(fingerprint.contentHash),
    );
    const image = integer(this.#db.row('SELECT last_insert_rowid()')?.[0]);
    if (fingerprint.vectors !== undefined) {
      this.#vectors.add(folder, image, fingerprint.vectors);
    }
    this.#db.run(`INSERT INTO ${detailTable} VALUES (?, ?)`, image, Buffer.from(fingerprint.details));
    return existing === undefined ? 'added' : 'replaced';
  }

  /** Deletes an image, inside a transaction. */
  delete(folderName: string, id: string): boolean {
    const folder = this.folderNumber(folderName);
    const row =
      folder === undefined
        ? undefined
        : this.#db.row('SELECT number FROM images WHERE folder = ? AND id = ?', folder, id);
    if (folder === undefined || row === undefined) return false;
    this.#deleteImage(folder, integer(row[0]));
    return true;
  }

  get(folderName: string, id: string): StoredImage | undefined {
    const row = this.#db.row(
      `SELECT ${imageColumns} FROM images WHERE folder = ? AND id = ?`,
      this.folderNumber(folderName) ?? -1,
      id,
    );
    return row && storedImage(row);
  }

  byNumber(image: number): StoredImage | undefined {
    const row = this.#db.row(`SELECT ${imageColumns} FROM images WHERE number = ?`, image);
    return row && storedImage(row);
  }

  list(folderName: string, from: number, count: number): ImagePage {
    const rows = this.#db.rows(
      `SELECT ${imageColumns} FROM images WHERE folder = ? AND number >= ? ORDER BY number LIMIT ?`,
      this.folderNumber(folderName) ?? -1,
      from,
      count + 1,
    );
    const next = rows[count];
    return { images: rows.slice(0, count).map(storedImage), next: next && integer(next[0]) };
  }

  /** Images whose files have the same bytes, at most `max`. */
  sameFiles(folder: number, contentHash: Uint8Array, max: number): number[] {
    // The plus keeps SQLite from scanning the whole folder: it cannot know which of the indexes is more selective.
    const rows = this.#db.rows(
      'SELECT number FROM images WHERE content_hash = ? AND +folder = ? LIMIT ?',
      Buffer.from(contentHash),
      folder,
      max,
    );
    return rows.map(([number]) => integer(number));
  }

  details(image: number): Uint8Array | undefined {
    const row = this.#db.row(`SELECT details FROM ${detailTable} WHERE image = ?`, image);
    return row && blob(row[0]);
  }

  folderNumber(name: string): number | undefined {
    const row = this.#db.row('SELECT number FROM folders WHERE name = ?', name);
    return row && integer(row[0]);
  }

  /** Number of images in a folder, and of those without a fingerprint of this version. */
  counts(folderName: string): { images: number; outdated: number } {
    const [images, outdated] =
      this.#db.row(
        `SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM ${detailTable} WHERE image = images.number)) FROM images WHERE folder = ?`,
        this.folderNumber(folderName) ?? -1,
      ) ?? [];
    return { images: integer(images), outdated: integer(outdated) };
  }

  diskBytes(): number {
    const [pages, size] = [this.#db.row('PRAGMA page_count')?.[0], this.#db.row('PRAGMA page_size')?.[0]];
    return integer(pages) * integer(size);
  }

  /**
   * Reports what any process committed since the last call; the first call reports the whole store. Takes microseconds
   * if there is nothing new.
   * @param hasOwnChanges whether this process committed something, which SQLite does not report to it
   */
  readChanges(hasOwnChanges: boolean, listener: VectorListener): void {
    const dataVersion = integer(this.#db.row('PRAGMA data_version')?.[0]);
    if (dataVersion === this.#dataVersion && !hasOwnChanges) return;
    // Set once all is reported: if this fails half-way, the next call reports the rest.
    this.#dataVersion = -1;
    // All reads see one snapshot of the store: another process may be moving vectors to a segment.
    this.#db.read(() => {
      this.#vectors.reportAdded(listener);
      const deletions = this.#db.rows(
        'SELECT number, folder, image FROM deletions WHERE number > ? ORDER BY number',
        this.#lastDeletion,
      );
      for (const [number, folder, image] of deletions) {
        listener.remove(integer(folder), integer(image));
        this.#lastDeletion = integer(number);
      }
    });
    this.#dataVersion = dataVersion;
  }

  /** Moves vectors to segments where there are enough of them, inside a transaction. */
  moveToSegments(): void {
    this.#vectors.moveToSegments();
  }

  /** Returns some of the space of deleted images to the file system. @returns whether there is more */
  compactSome(): boolean {
    this.#file.check();
    if (this.#vectors.compactSegment((task) => this.transaction(task))) return true;
    this.#db.exec('PRAGMA incremental_vacuum(2000)');
    const left = integer(this.#db.row('PRAGMA freelist_count')?.[0]);
    if (left === 0) this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return left > 0;
  }

  close(): void {
    this.#db.close();
    this.#file.close();
  }

  #addFolder(name: string): number {
    this.#db.run('INSERT INTO folders (name) VALUES (?)', name);
    return integer(this.#db.row('SELECT last_insert_rowid()')?.[0]);
  }

  #hasFingerprint(image: number): boolean {
    return this.#db.row(`SELECT 1 FROM ${detailTable} WHERE image = ?`, image) !== undefined;
  }

  #deleteImage(folder: number, image: number): void {
    for (const [table] of this.#db.rows(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '*_v[0-9]*' AND name NOT GLOB 'segments_v*'",
    )) {
      this.#db.run(`DELETE FROM ${String(table)} WHERE image = ?`, image);
    }
    this.#db.run('DELETE FROM images WHERE number = ?', image);
    this.#db.run('INSERT INTO deletions (folder, image) VALUES (?, ?)', folder, image);
  }
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
