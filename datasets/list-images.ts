import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * JPEG and PNG files of some folders, at most `count` of them, evenly spread.
 * @throws Error when there are none
 */
export function listImages(folders: readonly string[], count = Infinity): string[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(jpe?g|png)$/i.test(name))
      .toSorted()
      .map((name) => join(folder, name)),
  );
  if (paths.length === 0) throw new Error('This benchmark needs a folder of JPEG or PNG images.');
  const stride = Math.max(1, paths.length / count);
  return paths.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
}
