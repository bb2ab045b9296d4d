import { readFileSync, statSync } from 'node:fs';

/**
 * The parsed content of a file that others may replace at any time. Whoever asks gets what is in it now; it is read only
 * when it has changed.
 * @param missing what there is where the file is not
 * @throws Error where the file cannot be read or parsed
 */
export function watchFile<Content>(path: string, parse: (text: string) => Content, missing?: () => Content): () => Content {
  let known: { readonly version: string; readonly content: Content } | undefined;
  return () => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: missing === undefined });
    if (stats === undefined && missing !== undefined) {
      known = undefined;
      return missing();
    }
    // A file that is replaced by renaming has another inode, even within the resolution of its times.
    const version = stats === undefined ? '' : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
    if (known?.version !== version) known = { version, content: parse(readFileSync(path, 'utf8')) };
    return known.content;
  };
}
