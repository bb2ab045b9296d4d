import { pathToFileURL } from 'node:url';
import { fingerprintVersion } from './image-index.js';
import type { IndexAccess } from './index-access.js';
import { IndexFileError } from './index-file.js';
import { integer, SqliteConnection } from './sqlite-connection.js';

export const vectorTable = `vectors_v${fingerprintVersion}`;
export const detailTable = `details_v${fingerprintVersion}`;
export const segmentTable = `segments_v${fingerprintVersion}`;
const schemaVersion = 2;

const schema = `
  CREATE TABLE IF NOT EXISTS folders (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  -- Numbers are never reused: other processes find new images by them.
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
  -- Vectors of the latest images. Those of earlier ones are in segments.
  CREATE TABLE IF NOT EXISTS ${vectorTable} (image INTEGER PRIMARY KEY, vectors BLOB NOT NULL) STRICT;
  -- Concatenated rows of the vectors of images first to last, without those deleted up to the given deletion.
  CREATE TABLE IF NOT EXISTS ${segmentTable} (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, deletion INTEGER NOT NULL, vectors BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS ${detailTable} (image INTEGER PRIMARY KEY, details BLOB NOT NULL) STRICT;
`;

/** Tables without which a server of this version cannot read a file. */
const neededTables = ['folders', 'images', 'deletions', vectorTable, segmentTable, detailTable];

/**
 * Opens a file and creates the tables that are missing, unless it cannot be written.
 * @throws Error where it cannot be opened, IndexFileError where it is not ours, or not of a version that can be read
 */
export function openIndexFile(path: string, access: IndexAccess = 'writable'): SqliteConnection {
  const db = new SqliteConnection(access === 'unchanging' ? `${pathToFileURL(path).href}?immutable=1` : path);
  try {
    const { version, tables } = readSchema(db, path);
    if (access === 'writable') createSchema(db, version);
    else if (neededTables.some((table) => !tables.includes(table))) {
      throw new IndexFileError(
        `The index ${path} was written by an older server, and is read-only. Start the server once with write access to it and its folder.`,
      );
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Creates a file without images, and leaves nothing beside it. */
export function createIndexFile(path: string): void {
  const db = openIndexFile(path);
  // Removes the write-ahead log, which is named after the file. Opening the file creates another.
  db.exec('PRAGMA journal_mode = DELETE');
  db.close();
}

/** Version and tables of a file, which may be new. Does not write to it: it may belong to others. */
function readSchema(db: SqliteConnection, path: string): { version: number; tables: readonly unknown[] } {
  const tables = db.rows("SELECT name FROM sqlite_master WHERE type = 'table'").map(([name]) => name);
  const version = integer(db.row('PRAGMA user_version')?.[0]);
  if (version > schemaVersion) {
    throw new IndexFileError(
      `The index ${path} has format ${version}, but this server knows only those up to ${schemaVersion}. Use the newer server that wrote it, or choose another with --index sqlite:PATH.`,
    );
  }
  if (tables.length > 0 && !tables.includes('deletions')) {
    throw new IndexFileError(`The index ${path} belongs to another program. Choose another with --index sqlite:PATH.`);
  }
  return { version, tables };
}

function createSchema(db: SqliteConnection, version: number): void {
  db.prepareForWriting();
  db.write(() => {
    db.exec(schema);
    // Nothing is written to an up-to-date file, so that a start on a full disk needs room only for the log and its
    // index, which SQLite creates beside the file unless they are still there.
    if (version < schemaVersion) db.exec(`PRAGMA user_version = ${schemaVersion}`);
  });
}
