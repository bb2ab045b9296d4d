/** A file or folder that the operating system refused. */
export interface FileProblem {
  /** Undefined where the error does not say it: what fails once a file is open has its descriptor alone. */
  readonly path: string | undefined;
  /** Goes on a sentence such as "/data/keys.json cannot be used: ". */
  readonly reason: string;
}

/** A file that is not what it has to be, as a sentence for the operator. */
export class UnusableFileError extends Error {
  override readonly name: string = 'UnusableFileError';
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission',
  EDQUOT: 'the disk quota of this user is used up',
  EEXIST: 'it exists already',
  EFBIG: 'it would be too large',
  EIO: 'its disk or device failed',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it or a part of its path is a file',
  EPERM: 'this user has no permission',
  EROFS: 'its file system is read-only',
};

/** Calls on a file that is open. Sockets know them, too, but fail with other codes. */
const callsOnOpenFiles: ReadonlySet<unknown> = new Set(['read', 'write', 'fsync', 'ftruncate', 'close']);

/** What a code of the operating system says about a file, or undefined where it may say something else. */
export function fileReason(code: string): string | undefined {
  return reasons[code];
}

/** What a failed call of `node:fs` says about which file, or undefined where the error is of another kind. */
export function fileProblem(error: unknown): FileProblem | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined;
  const reason = fileReason(String(error.code));
  if ('path' in error) return { path: String(error.path), reason: reason ?? error.message };
  return reason !== undefined && callsOnOpenFiles.has(error.syscall) ? { path: undefined, reason } : undefined;
}

/** Lets an error of `node:fs` say which file it is about. */
export function withPath(error: unknown, path: string): unknown {
  return error instanceof Error ? Object.assign(error, { path }) : error;
}
