import type { Vectors } from './image-index.js';
import { blob, integer, type SqliteConnection } from './sqlite-connection.js';
import { segmentTable, vectorTable } from './sqlite-schema.js';
import { encodeVectorRow, decodeVectorRows, vectorRowBytes } from './vector-row.js';

/** Image numbers whose rows SQLite concatenates for one read: five times as fast as reading row by row. */
const imagesPerRead = 4096;

/** Receives the changes of the vectors. */
export interface VectorListener {
  add(folder: number, image: number, vectors: Vectors): void;
  /** Also called for images that were never added. */
  remove(folder: number, image: number): void;
}

/**
 * The vectors of all corpora, which every process reads in full when it starts: a log-structured table of two levels. A
 * new image writes one row. Rows are scattered over the file, between the details of their images, so once there are
 * enough, `moveToSegments` moves them into a segment: one BLOB, which is read in one piece. Nothing is changed in
 * place. A deletion is a row in another table, and a segment stores the number of the last deletion that it took into
 * account: readers skip the images that were deleted since. `compactSegment` rewrites a segment without its deleted
 * images.
 */
export class VectorSegments {
  readonly #db: SqliteConnection;
  readonly #imagesPerSegment: number;
  #lastImage = 0;

  /** @param imagesPerSegment image numbers whose vectors make up a segment */
  constructor(db: SqliteConnection, imagesPerSegment: number) {
    this.#db = db;
    this.#imagesPerSegment = imagesPerSegment;
  }

  /** Writes the row of a new image, inside a transaction. */
  add(folder: number, image: number, vectors: Vectors): void {
    this.#db.run(`INSERT INTO ${vectorTable} VALUES (?, ?)`, image, encodeVectorRow(folder, image, vectors));
  }

  /** Moves rows to segments as long as there are enough for one, inside a transaction. */
  moveToSegments(): void {
    for (;;) {
      const [first, last] =
        this.#db.row(`SELECT (SELECT min(image) FROM ${vectorTable}), (SELECT max(image) FROM ${vectorTable})`) ?? [];
      if (first === null || integer(last) - integer(first) < this.#imagesPerSegment) return;
      const range = [integer(first), integer(first) + this.#imagesPerSegment - 1] as const;
      this.#writeSegment(...range, this.#joinedRows(...range));
      this.#db.run(`DELETE FROM ${vectorTable} WHERE image BETWEEN ? AND ?`, ...range);
    }
  }

  /**
   * Rewrites one segment that has deleted images.
   * @param transaction runs a task as a transaction
   * @returns whether there was one
   */
  compactSegment(transaction: (task: () => void) => void): boolean {
    const segment = this.#db.row(
      `SELECT first, last, vectors FROM ${segmentTable} AS segment
       WHERE EXISTS (SELECT 1 FROM deletions WHERE image BETWEEN segment.first AND segment.last AND number > segment.deletion) LIMIT 1`,
    );
    if (segment === undefined) return false;
    const [first, last, vectors] = [integer(segment[0]), integer(segment[1]), blob(segment[2])];
    transaction(() => this.#writeSegment(first, last, vectors));
    return true;
  }

  /** Reports what was added since the last call; the first call reports everything. Inside a read transaction. */
  reportAdded(listener: VectorListener): void {
    const from = this.#lastImage + 1;
    const report = (rows: Buffer, deleted: ReadonlySet<number>): void => {
      for (const { folder, image, vectors } of decodeVectorRows(rows)) {
        if (image >= from && !deleted.has(image)) listener.add(folder, image, vectors);
      }
    };
    for (const [segment] of this.#db.rows(`SELECT first FROM ${segmentTable} WHERE last >= ? ORDER BY first`, from)) {
      const [first, last, deletion, vectors] =
        this.#db.row(`SELECT first, last, deletion, vectors FROM ${segmentTable} WHERE first = ?`, segment) ?? [];
      report(blob(vectors), this.#deletedSince(integer(deletion), integer(first), integer(last)));
      this.#lastImage = integer(last);
    }
    const latest = integer(this.#db.row(`SELECT coalesce(max(image), 0) FROM ${vectorTable}`)?.[0]);
    while (this.#lastImage < latest) {
      const last = Math.min(this.#lastImage + imagesPerRead, latest);
      report(this.#joinedRows(this.#lastImage + 1, last), new Set());
      this.#lastImage = last;
    }
  }

  /** The rows of a range of images, concatenated. */
  #joinedRows(first: number, last: number): Buffer {
    const [joined] =
      this.#db.row(
        `SELECT CAST(group_concat(vectors, '') AS BLOB) FROM ${vectorTable} WHERE image BETWEEN ? AND ?`,
        first,
        last,
      ) ?? [];
    return joined === null ? Buffer.alloc(0) : blob(joined);
  }

  /** Writes a segment of rows, without the deleted images. */
  #writeSegment(first: number, last: number, rows: Buffer): void {
    const deleted = this.#deletedSince(0, first, last);
    const kept = [...decodeVectorRows(rows)].flatMap(({ image }, index) =>
      deleted.has(image) ? [] : [rows.subarray(index * vectorRowBytes, (index + 1) * vectorRowBytes)],
    );
    const deletion = integer(this.#db.row('SELECT coalesce(max(number), 0) FROM deletions')?.[0]);
    this.#db.run(
      `INSERT OR REPLACE INTO ${segmentTable} VALUES (?, ?, ?, ?)`,
      first,
      last,
      deletion,
      Buffer.concat(kept),
    );
  }

  /** Images of a range whose deletion has a higher number than the given one. */
  #deletedSince(deletion: number, first: number, last: number): Set<number> {
    return new Set(
      this.#db
        .rows('SELECT image FROM deletions WHERE image BETWEEN ? AND ? AND number > ?', first, last, deletion)
        .map(([image]) => integer(image)),
    );
  }
}
