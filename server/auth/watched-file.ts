import { readFileSync, statSync } from 'node:fs';
import { UnusableFileError, withPath } from '../files/file-problem.js';

/**
 * The parsed content of a file that others may replace at any time. Whoever asks gets what is in it now; it is read only
 * when it has changed.
 * @param missing what there is where the file is not
 * @throws Error of node:fs, UnusableFileError where the file cannot be parsed
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
    // A file that is replaced by renaming has another inode, even within the resolution of its times.
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
    throw new UnusableFileError(`${path} cannot be used: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}
