import { expect, it } from 'vitest';
import { storageError } from './storage-error.js';

it.each([
  ['SQLITE_FULL', 'STORAGE_FULL'],
  ['SQLITE_IOERR_SHMSIZE', 'STORAGE_FULL'],
  ['SQLITE_READONLY_DIRECTORY', 'STORAGE_READ_ONLY'],
  ['SQLITE_IOERR_WRITE', 'STORAGE_FAILED'],
  ['SQLITE_CORRUPT_INDEX', 'STORAGE_CORRUPT'],
  ['SQLITE_NOTADB', 'STORAGE_CORRUPT'],
  ['INDEX_MOVED', 'STORAGE_MOVED'],
  ['SQLITE_CONSTRAINT_UNIQUE', undefined],
  ['ENOENT', undefined],
])('%s is %s', (code, reason) => {
  expect(storageError(Object.assign(new Error('cause'), { code }))?.reason).toBe(reason);
});
