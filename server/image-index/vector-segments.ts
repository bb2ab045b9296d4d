import type { Vectors } from './image-index.js';
import { blob, integer, type SqliteConnection } from './sqlite-connection.js';
import { segmentTable, vectorTable } from './sqlite-schema.js';
import { encodeVectorRow, decodeVectorRows, vectorRowBytes } from './vector-row.js';

/** Numbers of images whose rows SQLite joins for one reading: five times as fast as row by row. */
const imagesPerRead = 4096;

/** Hears which vectors there are. */
export interface VectorListener {
  add(folder: number, image: number, vectors: Vectors): void;
  /** The image may be one that was never added. */
  remove(folder: number, image: number): void;
}

/**
 * The vectors of all corpora, which every process reads whole at its start: a log with two levels. A new image writes
 * one row. Rows lie all over the file, between the details of their images, so once there are enough of them `gather`
 * moves them side by side into a segment, one BLOB that is read in one piece. Nothing is changed in place: a deletion is
 * a row of its own, and a segment has the number of the last deletion that it knew of, so that a reader skips what was
 * deleted since. `compactOne` writes a segment again without its deleted images.
 */
export class VectorSegments {
  readonly #db: SqliteConnection;
  readonly #imagesPerSegment: number;
  #lastImage = 0;

  /** @param imagesPerSegment numbers of images whose vectors make a segment */
  constructor(db: SqliteConnection, imagesPerSegment: number) {
    this.#db = db;
    this.#imagesPerSegment = imagesPerSegment;
  }

  /** Writes the row of a new image, inside a transaction. */
  add(folder: number, image: number, vectors: Vectors): void {
    this.#db.run(`INSERT INTO ${vectorTable} VALUES (?, ?)`, image, encodeVectorRow(folder, image, vectors));
  }

  /** Moves rows to segments where there are enough of them, inside a transaction. */
  gather(): void {
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
   * Writes a segment again that has deleted images.
   * @param transaction runs a task as a whole or not at all
   * @returns whether there was one
   */
  compactOne(transaction: (task: () => void) => void): boolean {
    const segment = this.#db.row(
      `SELECT first, last, vectors FROM ${segmentTable} AS segment
       WHERE EXISTS (SELECT 1 FROM deletions WHERE image BETWEEN segment.first AND segment.last AND number > segment.deletion) LIMIT 1`,
    );
    if (segment === undefined) return false;
    const [first, last, vectors] = [integer(segment[0]), integer(segment[1]), blob(segment[2])];
    transaction(() => this.#writeSegment(first, last, vectors));
    return true;
  }

  /** Tells what was added since the last call, first everything. Inside one view of the store. */
  tellAdded(listener: VectorListener): void {
    const from = this.#lastImage + 1;
    const tell = (rows: Buffer, deleted: ReadonlySet<number>): void => {
      for (const { folder, image, vectors } of decodeVectorRows(rows)) {
        if (image >= from && !deleted.has(image)) listener.add(folder, image, vectors);
      }
    };
    for (const [segment] of this.#db.rows(`SELECT first FROM ${segmentTable} WHERE last >= ? ORDER BY first`, from)) {
      const [first, last, deletion, vectors] =
        this.#db.row(`SELECT first, last, deletion, vectors FROM ${segmentTable} WHERE first = ?`, segment) ?? [];
      tell(blob(vectors), this.#deletedSince(integer(deletion), integer(first), integer(last)));
      this.#lastImage = integer(last);
    }
    const latest = integer(this.#db.row(`SELECT coalesce(max(image), 0) FROM ${vectorTable}`)?.[0]);
    while (this.#lastImage < latest) {
      const last = Math.min(this.#lastImage + imagesPerRead, latest);
      tell(this.#joinedRows(this.#lastImage + 1, last), new Set());
      this.#lastImage = last;
    }
  }

  /** The rows of these images, one behind the other. */
  #joinedRows(first: number, last: number): Buffer {
    const [joined] =
      this.#db.row(
        `SELECT CAST(group_concat(vectors, '') AS BLOB) FROM ${vectorTable} WHERE image BETWEEN ? AND ?`,
        first,
        last,
      ) ?? [];
    return joined === null ? Buffer.alloc(0) : blob(joined);
  }

  /** Writes a segment of these rows, without the images that were deleted. */
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

  /** Images of a range that were deleted after a deletion. */
  #deletedSince(deletion: number, first: number, last: number): Set<number> {
    return new Set(
      this.#db
        .rows('SELECT image FROM deletions WHERE image BETWEEN ? AND ? AND number > ?', first, last, deletion)
        .map(([image]) => integer(image)),
    );
  }
}
