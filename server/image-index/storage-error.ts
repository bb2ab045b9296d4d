import { VisionError } from '../errors/errors.js';

/** Prefixes of error codes, of SQLite and ours, with the reason that callers get. The first match applies. */
const reasons = [
  ['SQLITE_FULL', 'STORAGE_FULL'],
  // The index of the write-ahead log cannot grow.
  ['SQLITE_IOERR_SHMSIZE', 'STORAGE_FULL'],
  ['SQLITE_READONLY', 'STORAGE_READ_ONLY'],
  ['SQLITE_IOERR', 'STORAGE_FAILED'],
  ['SQLITE_CANTOPEN', 'STORAGE_FAILED'],
  ['SQLITE_BUSY', 'STORAGE_BUSY'],
  ['SQLITE_CORRUPT', 'STORAGE_CORRUPT'],
  ['SQLITE_NOTADB', 'STORAGE_CORRUPT'],
  ['INDEX_UNUSABLE', 'STORAGE_CORRUPT'],
  ['INDEX_MOVED', 'STORAGE_MOVED'],
] as const;

/** A process that holds the file for this long is compacting it, or hangs. */
const busyRetrySeconds = 5;

/** The callers' error where the file of the index is the cause; undefined for other errors. */
export function storageError(error: unknown): VisionError | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [, reason] = reasons.find(([beginning]) => code.startsWith(beginning)) ?? [];
  if (reason === 'STORAGE_BUSY') return VisionError.of(reason, { seconds: busyRetrySeconds });
  return reason && VisionError.of(reason);
}
