import Database from 'libsql';

/** Time that a writer waits for those of other processes, which blocks its thread. Their commits take milliseconds. */
const defaultBusyMs = 10_000;

/** Value of `auto_vacuum`: space is reclaimed on request. */
const incrementalVacuum = 2;

export type Row = readonly unknown[];

/**
 * A connection to an SQLite file that several processes may share. A commit is on disk before it returns (WAL,
 * synchronous=FULL). The binding is libsql, whose npm packages contain SQLite for every platform, where better-sqlite3
 * downloads or compiles it when it is installed.
 */
export class SqliteConnection {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  /** @param path or `file:` URI. Nothing is written to the file until `prepareForWriting` */
  constructor(path: string, busyMs = defaultBusyMs) {
    this.#db = new Database(path);
    try {
      this.exec(`PRAGMA busy_timeout = ${busyMs}`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Sets up what makes commits durable and space reclaimable. To be called before tables are created. */
  prepareForWriting(): void {
    // Setting it writes even if nothing changes, and the disk may be full.
    if (this.row('PRAGMA auto_vacuum')?.[0] !== incrementalVacuum) {
      this.exec(`PRAGMA auto_vacuum = ${incrementalVacuum}`);
    }
    this.exec('PRAGMA journal_mode = WAL');
    this.exec('PRAGMA synchronous = FULL');
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** Runs a task in a write transaction. */
  write<Result>(task: () => Result): Result {
    return this.#transaction('BEGIN IMMEDIATE', task);
  }

  /** Runs a task in a read transaction: it sees one snapshot of the store. */
  read<Result>(task: () => Result): Result {
    return this.#transaction('BEGIN', task);
  }

  run(sql: string, ...values: unknown[]): void {
    this.#statement(sql).run(...values);
  }

  row(sql: string, ...values: unknown[]): Row | undefined {
    return this.rows(sql, ...values)[0];
  }

  rows(sql: string, ...values: unknown[]): Row[] {
    const rows: unknown = this.#statement(sql)
      .raw()
      .all(...values);
    if (!Array.isArray(rows)) throw new Error(`SQLite returned no rows for ${sql}`);
    return rows.filter((row): row is Row => Array.isArray(row));
  }

  close(): void {
    this.#db.close();
  }

  #transaction<Result>(begin: string, task: () => Result): Result {
    this.exec(begin);
    try {
      const result = task();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // After some errors, such as a full disk, SQLite has rolled back already, and another ROLLBACK would hide the
      // cause.
      if (this.#db.inTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}

export function integer(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`SQLite returned ${String(value)}, expected a number`);
  return value;
}

export function blob(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length);
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  throw new Error('SQLite returned no bytes');
}
