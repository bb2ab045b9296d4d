import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { companionsOf, IndexFileError } from './index-file.js';

/**
 * How a file can be opened: for writing, for reading while another server may write to it, or for reading while nobody
 * can. SQLite needs two files beside an open database, and without permission to create them it can read only a file
 * that does not change.
 */
export type IndexAccess = 'writable' | 'read-only' | 'unchanging';

/**
 * What this process may do with an existing file.
 * @throws IndexFileError where images in its log cannot be read
 */
export function accessTo(path: string): IndexAccess {
  const mayWriteFile = mayWrite(path);
  if (mayWrite(dirname(path))) return mayWriteFile ? 'writable' : 'read-only';
  const [log, shared] = companionsOf(path);
  if (existsSync(log) && existsSync(shared)) return mayWriteFile && mayWrite(log) ? 'writable' : 'read-only';
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return 'unchanging';
  throw new IndexFileError(
    `The folder of the index ${path} is read-only, and the latest images are still in its log ${log}. Start the server once with write access to the folder.`,
  );
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
