/** Why the operating system refused access to a file or folder. */
export interface FileProblem {
  /** Undefined if the error does not have it: calls on an open file know its descriptor only. */
  readonly path: string | undefined;
  /** Completes a sentence such as "/data/keys.json cannot be used: ". */
  readonly reason: string;
}

/** A file with invalid content. The message is a sentence for the operator. */
export class UnusableFileError extends Error {
  override readonly name: string = 'UnusableFileError';
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is exceeded',
  EEXIST: 'it already exists',
  EFBIG: 'it is too large',
  EIO: 'the disk or device failed',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a loop',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'part of its path is a file',
  EPERM: 'permission denied',
  EROFS: 'its file system is read-only',
};

/** Calls on an open file. They exist for sockets too, but fail with other codes. */
const callsOnOpenFiles: ReadonlySet<unknown> = new Set(['read', 'write', 'fsync', 'ftruncate', 'close']);

/** What an error code of the operating system means for a file, or undefined if it may not be about a file. */
export function fileReason(code: string): string | undefined {
  return reasons[code];
}

/** Path and reason of a failed `node:fs` call, or undefined for other errors. */
export function fileProblem(error: unknown): FileProblem | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined;
  const reason = fileReason(String(error.code));
  if ('path' in error) return { path: String(error.path), reason: reason ?? error.message };
  return reason !== undefined && callsOnOpenFiles.has(error.syscall) ? { path: undefined, reason } : undefined;
}

/** Adds the path to a `node:fs` error. */
export function withPath(error: unknown, path: string): unknown {
  return error instanceof Error ? Object.assign(error, { path }) : error;
}
