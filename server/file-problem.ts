/** A file or folder that the operating system refused. */
export interface FileProblem {
  readonly path: string;
  /** Goes on a sentence such as "/data/keys.json cannot be used: ". */
  readonly reason: string;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission',
  EEXIST: 'it exists already',
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

/** What a failed call of `node:fs` says about which file, or undefined where the error is of another kind. */
export function fileProblem(error: unknown): FileProblem | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error && 'path' in error)) return undefined;
  return { path: String(error.path), reason: reasons[String(error.code)] ?? error.message };
}
