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
import { UnusableFileError } from '../files/file-problem.js';
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

/** What SQLite keeps beside the file while it is open. The first holds what was written last. */
const companions = (path: string): readonly [log: string, shared: string] => [`${path}-wal`, `${path}-shm`];

/**
 * Makes sure that there is a file at the path, and that its owner alone reads it.
 * @param create writes a new file to the path that it is given
 * @throws IndexFileError where something was there and was lost
 */
export function prepareIndexFile(path: string, create: (path: string) => void): void {
  mkdirSync(dirname(path), privateFolder);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) createWhole(path, create);
  else if (!there.isFile()) {
    throw new IndexFileError(
      `The index ${path} is ${there.isDirectory() ? 'a folder' : 'not a regular file'}. Choose another with --index sqlite:PATH.`,
    );
  }
  // SQLite would take it for a new one, and delete the log that belongs to what was lost.
  if (there?.size === 0) {
    throw new IndexFileError(
      `The index ${path} is empty: its images were lost. Restore a backup, or delete it${andLog(path)} to start with an empty index.`,
    );
  }
  for (const file of [path, ...companions(path)]) keepPrivate(file);
  // SQLite says of any file that it cannot open only that it is so.
  accessSync(path, constants.R_OK);
}

/** Nobody ever sees a part of the file, whenever the process dies and however many start at the same time. */
function createWhole(path: string, create: (path: string) => void): void {
  const [log] = companions(path);
  // The log first: a server that starts at the same time makes it after the file.
  if ((sizeOf(log) ?? 0) > 0 && sizeOf(path) === undefined) {
    throw new IndexFileError(
      `The index ${path} is missing, but its log ${log} exists. Restore the file, or delete the log to start with an empty index.`,
    );
  }
  // The disk of what a link leads to may not be mounted: SQLite would begin anew there, or below the mount point.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && sizeOf(path) === undefined) {
    throw new IndexFileError(
      `The index ${path} is a symbolic link to a missing file. Restore the file, or delete the link to start with an empty index.`,
    );
  }
  const unfinished = `${path}.${randomUUID()}`;
  try {
    closeSync(openSync(unfinished, 'wx', 0o600));
    create(unfinished);
    // Fails where another server was faster: its file is as good.
    linkSync(unfinished, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Looks whether an open index is still the file at its path. */
export interface IndexFileWatch {
  /**
   * Costs microseconds.
   * @throws IndexFileError where the file was moved or cut off: what is written is found by nobody again
   */
  check(): void;
  /** Call it when SQLite has closed the file. */
  close(): void;
}

/** Remembers which files are at the path now that they are open, and how long the file is. */
export function watchIndexFile(path: string): IndexFileWatch {
  const [log] = companions(path);
  const files = [path, log].map((each) => ({ file: each, identity: identityOf(each) }));
  // Stays open as long as SQLite has the file: closing any descriptor of a file gives up all locks that a process has on it.
  const file = openSync(path, 'r');
  let bytes = sizeOf(path) ?? 0;
  return {
    check() {
      const moved = files.find((each) => identityOf(each.file) !== each.identity);
      if (moved !== undefined) throw movedError(moved.file);
      const now = sizeOf(path) ?? 0;
      // SQLite writes the header before it gives space back, so only others cut off what the header counts. A file that
      // is about to grow is shorter than its header says, too, but no shorter than it was.
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

/** Bytes of an SQLite file by its own count. Infinite where not even its header is whole. */
function bytesOfHeader(file: number): number {
  const header = Buffer.alloc(32);
  if (readSync(file, header, { position: 0 }) < header.length) return Infinity;
  // Page size and number of pages (https://www.sqlite.org/fileformat.html#the_database_header). 65536 does not fit 16 bits.
  const pageSize = header.readUInt16BE(16);
  return (pageSize === 1 ? 65_536 : pageSize) * header.readUInt32BE(28);
}

/** The same for the same file alone, whatever its name. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino}`;
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function andLog(path: string): string {
  const [log] = companions(path);
  return (sizeOf(log) ?? 0) > 0 ? ` and ${log}` : '';
}

/** Takes the rights of others away, where the file is ours to change. */
function keepPrivate(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.uid !== process.getuid?.() || (stats.mode & 0o077) === 0) return;
  chmodSync(path, stats.mode & 0o700);
}
