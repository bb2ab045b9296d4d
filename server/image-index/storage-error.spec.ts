import { expect, it } from 'vitest';
import { toStatus } from '../errors/status.js';
import { storageError } from './storage-error.js';

it.each([
  ['SQLITE_FULL', 'STORAGE_FULL'],
  ['SQLITE_IOERR_SHMSIZE', 'STORAGE_FULL'],
  ['SQLITE_READONLY_DIRECTORY', 'STORAGE_READ_ONLY'],
  ['SQLITE_IOERR_WRITE', 'STORAGE_FAILED'],
  ['SQLITE_CORRUPT_INDEX', 'STORAGE_CORRUPT'],
  ['SQLITE_NOTADB', 'STORAGE_CORRUPT'],
  ['SQLITE_BUSY', 'STORAGE_BUSY'],
  ['SQLITE_BUSY_SNAPSHOT', 'STORAGE_BUSY'],
  ['INDEX_MOVED', 'STORAGE_MOVED'],
  ['SQLITE_CONSTRAINT_UNIQUE', undefined],
  ['ENOENT', undefined],
])('%s is %s', (code, reason) => {
  expect(storageError(Object.assign(new Error('cause'), { code }))?.reason).toBe(reason);
});

it('says when to retry if another process has the file, which passes by itself', () => {
  const error = storageError(Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' }));
  expect([error?.code, error?.message]).toEqual([14, expect.stringMatching(/ Retry in \d+ s$/)]);
  expect(toStatus(error, 'id').details.map(({ typeUrl }) => typeUrl)).toContain(
    'type.googleapis.com/google.rpc.RetryInfo',
  );
});
