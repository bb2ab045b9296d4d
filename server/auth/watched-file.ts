import { readFileSync, statSync } from 'node:fs';
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
    const stats = statSync(path, { bigint: true, throwIfNoEntry: missing === undefined });
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
