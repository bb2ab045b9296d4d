import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What a photo is used for: learning the projection, choosing thresholds, or proving them. */
export type Share = 'learn' | 'choose' | 'prove';

/** The photos of the folders that fall into a share, in an order that has nothing to do with their names. */
export function photosOf(folders: readonly string[], share: Share): string[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.jpe?g$/i.test(name))
      .map((name) => join(folder, name)),
  );
  return paths
    .map((path) => ({ path, draw: draw(path) }))
    .filter(({ draw: { part } }) => shareOf(part) === share)
    .toSorted((a, b) => (a.draw.order < b.draw.order ? -1 : 1))
    .map(({ path }) => path);
}

/** By the name of the file alone: a photo stays in its share wherever it lies. */
function draw(path: string): { part: number; order: string } {
  const digest = createHash('sha256').update(basename(path)).digest();
  return { part: digest.readUInt8(0), order: digest.toString('hex', 1, 9) };
}

function shareOf(part: number): Share {
  if (part < 40) return 'learn';
  return part < 77 ? 'choose' : 'prove';
}
