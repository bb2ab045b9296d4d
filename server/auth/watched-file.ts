import { readFileSync, statSync, type BigIntStats } from 'node:fs';
import { messageOf } from '../errors/message-of.js';
import { UnusableFileError, withPath } from '../files/file-problem.js';

/**
 * The parsed content of a file that may be replaced at any time. Always current; the file is read only when it has
 * changed.
 * @param missing value if the file does not exist
 * @throws Error of node:fs, UnusableFileError if the file cannot be parsed
 */
export function watchFile<Content>(
  path: string,
  parse: (text: string) => Content,
  missing?: () => Content,
): () => Content {
  let known: { readonly version: string; readonly content: Content } | undefined;
  return () => {
    const stats = missing === undefined ? statSync(path, { bigint: true }) : statIfThere(path);
    if (stats === undefined && missing !== undefined) {
      known = undefined;
      return missing();
    }
    // A file that is replaced by a rename has another inode, even within the resolution of timestamps.
    const version = stats === undefined ? '' : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
    if (known?.version !== version) known = { version, content: parseFile(path, parse) };
    return known.content;
  };
}

/** `throwIfNoEntry` of Node.js 22 and newer also hides that a part of the path is a file, which nobody means. */
function statIfThere(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseFile<Content>(path: string, parse: (text: string) => Content): Content {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw withPath(error, path);
  }
  try {
    return parse(text);
  } catch (error) {
    throw new UnusableFileError(`${path} cannot be used: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
