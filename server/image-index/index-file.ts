import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fileReason, UnusableFileError } from '../files/file-problem.js';
import { privateFolder } from '../paths.js';

/** An index file that cannot be used. The message is a sentence for the operator. */
export class IndexFileError extends UnusableFileError {
  override readonly name = 'IndexFileError';

  constructor(
    message: string,
    readonly code: 'INDEX_UNUSABLE' | 'INDEX_MOVED' = 'INDEX_UNUSABLE',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The files that SQLite keeps beside an open database. The log holds the latest writes. */
export function companionsOf(path: string): readonly [log: string, shared: string] {
  return [`${path}-wal`, `${path}-shm`];
}

/**
 * Makes sure that there is a file at the path, readable by its owner only.
 * @param create creates a new file at the given path
 * @throws IndexFileError where there was a file before, and its images were lost
 */
export function prepareIndexFile(path: string, create: (path: string) => void): void {
  mkdirSync(dirname(path), privateFolder);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) createAtomically(path, create);
  else if (!there.isFile()) {
    throw new IndexFileError(
      `The index ${path} is ${there.isDirectory() ? 'a folder' : 'not a regular file'}. Choose another with --index sqlite:PATH.`,
    );
  }
  // SQLite would treat it as a new database, and delete the log of the lost one.
  if (there?.size === 0) {
    throw new IndexFileError(
      `The index ${path} is empty: its images were lost. Restore a backup, or delete it${andLog(path)} to start with an empty index.`,
    );
  }
  for (const file of [path, ...companionsOf(path)]) keepPrivate(file);
  // SQLite would only report that it cannot open the file, not why.
  accessSync(path, constants.R_OK);
}

/** Creates the file so that nobody ever sees an unfinished one, even if the process dies or several start at once. */
function createAtomically(path: string, create: (path: string) => void): void {
  const [log] = companionsOf(path);
  // The log is checked first: a server that starts at the same time creates it after the file.
  if ((sizeOf(log) ?? 0) > 0 && sizeOf(path) === undefined) {
    throw new IndexFileError(
      `The index ${path} is missing, but its log ${log} exists. Restore the file, or delete the log to start with an empty index.`,
    );
  }
  // The disk of a link's target may not be mounted: SQLite would create a new database there, or below the mount point.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && sizeOf(path) === undefined) {
    throw new IndexFileError(
      `The index ${path} is a symbolic link to a missing file. Restore the file, or delete the link to start with an empty index.`,
    );
  }
  const unfinished = `${path}.${randomUUID()}`;
  try {
    closeSync(openSync(unfinished, 'wx', 0o600));
    create(unfinished);
    linkSync(unfinished, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const reason = fileReason(String(error.code));
    if (error.code === 'EROFS' || error.code === 'EACCES' || error.code === 'EPERM') {
      throw new IndexFileError(
        `The index ${path} does not exist and cannot be created: ${reason}. Choose another with --index sqlite:PATH.`,
        undefined,
        { cause: error },
      );
    }
    // Another server was faster. Its file is just as good.
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Checks whether an open index is still the file at its path. */
export interface IndexFileWatch {
  /**
   * Takes microseconds.
   * @throws IndexFileError where the file was moved or truncated, so that what is written would be lost
   */
  check(): void;
  /** To be called once SQLite has closed the file. */
  close(): void;
}

/** Remembers which files are at the path, and the size of the database. To be called while SQLite has them open. */
export function watchIndexFile(path: string): IndexFileWatch {
  const [log] = companionsOf(path);
  const files = [path, log].map((each) => ({ file: each, identity: identityOf(each) }));
  // Stays open as long as SQLite uses the file: closing any descriptor of a file releases all locks of the process on
  // it.
  const file = openSync(path, 'r');
  let bytes = sizeOf(path) ?? 0;
  return {
    check() {
      const moved = files.find((each) => identityOf(each.file) !== each.identity);
      if (moved !== undefined) throw movedError(moved.file);
      const now = sizeOf(path) ?? 0;
      // SQLite updates the header before it truncates the file, so a file below the size in its header was truncated by
      // others. A file that is about to grow is also below that size, but not below its previous one.
      if (now < bytes && now < bytesOfHeader(file)) throw movedError(path);
      bytes = now;
    },
    close: () => closeSync(file),
  };
}

function movedError(file: string): IndexFileError {
  return new IndexFileError(
    `${file} is not the file that was opened: it was deleted, moved, replaced or truncated. Restore it, or restart the server.`,
    'INDEX_MOVED',
  );
}

/** Size of an SQLite file by its header, in bytes. Infinite if the header itself is truncated. */
function bytesOfHeader(file: number): number {
  const header = Buffer.alloc(32);
  if (readSync(file, header, { position: 0 }) < header.length) return Infinity;
  // Page size and number of pages (https://www.sqlite.org/fileformat.html#the_database_header). A size of 1 means
  // 65536.
  const pageSize = header.readUInt16BE(16);
  return (pageSize === 1 ? 65_536 : pageSize) * header.readUInt32BE(28);
}

/** Device and inode: equal for the same file only, whatever its name. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino}`;
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function andLog(path: string): string {
  const [log] = companionsOf(path);
  return (sizeOf(log) ?? 0) > 0 ? ` and ${log}` : '';
}

/** Removes the permissions of others, if the file is ours and can be changed. */
function keepPrivate(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.uid !== process.getuid?.() || (stats.mode & 0o077) === 0) return;
  try {
    chmodSync(path, stats.mode & 0o700);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EROFS')) throw error;
  }
}
