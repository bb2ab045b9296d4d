import { readdirSync, statSync, type Dirent, type Stats } from 'node:fs';
import { join } from 'node:path';
import { counted } from '../../strings/counted.js';
import { kindOfFile, type ForeignFormat } from './file-kind.js';

/** The images in a folder and its subfolders, and what else is there. */
export interface ImageFolder {
  /** Paths within the folder, sorted. */
  readonly images: readonly string[];
  readonly leftOut: ReadonlyMap<LeftOut, number>;
}

/** Why something is not among the images. */
type LeftOut = ForeignFormat | keyof typeof nouns;

const nouns = {
  other: ['other file', 'other files'],
  unreadable: ['unreadable file', 'unreadable files'],
  unreadableFolder: ['unreadable folder', 'unreadable folders'],
  linkedFolder: ['link to a folder', 'links to folders'],
  brokenLink: ['broken link', 'broken links'],
} as const;

/**
 * Finds the images below a folder: what is a JPEG or PNG by its first bytes, whatever its name is, and what has the name of
 * one and bytes that say nothing: whoever works with it says what is wrong with it. Links to folders are not followed.
 * @param also a format that counts as an image, too
 * @throws Error of node:fs where the folder itself cannot be read
 */
export function readImageFolder(folder: string, also?: ForeignFormat): ImageFolder {
  const images: string[] = [];
  const leftOut = new Map<LeftOut, number>();
  const leave = (kind: LeftOut): void => void leftOut.set(kind, (leftOut.get(kind) ?? 0) + 1);
  const visit = (entries: readonly Dirent[], within: string): void => {
    for (const entry of entries) {
      const name = join(within, entry.name);
      const path = join(folder, name);
      if (entry.isDirectory()) {
        const inside = entriesOf(path);
        if (inside === undefined) leave('unreadableFolder');
        else visit(inside, name);
      } else {
        const kind = kindOf(entry, path);
        if (kind === 'image' || kind === also) images.push(name);
        else leave(kind);
      }
    }
  };
  visit(readdirSync(folder, { withFileTypes: true }), '');
  return { images: images.toSorted(), leftOut };
}

/** A line such as "Skipped: 3 WebP, 1 GIF, 2 other files.", empty if nothing was skipped. */
export function leftOutLine({ leftOut }: ImageFolder): string {
  if (leftOut.size === 0) return '';
  const parts = [...leftOut].map(([kind, count]) => {
    const [one, many] = isNoun(kind) ? nouns[kind] : [kind, kind];
    return counted(count, one, many);
  });
  return `Skipped: ${parts.join(', ')}.\n`;
}

function isNoun(kind: LeftOut): kind is keyof typeof nouns {
  return kind in nouns;
}

function entriesOf(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

/** @returns undefined where the link leads to nothing, to itself, or where nobody may look */
function targetOf(link: string): Stats | undefined {
  try {
    return statSync(link);
  } catch {
    return undefined;
  }
}

function kindOf(entry: Dirent, path: string): 'image' | LeftOut {
  if (entry.isSymbolicLink()) {
    const target = targetOf(path);
    if (target === undefined) return 'brokenLink';
    if (target.isDirectory()) return 'linkedFolder';
    if (!target.isFile()) return 'other';
  } else if (!entry.isFile()) return 'other';
  const hasNameOfImage = /\.(jpe?g|png)$/i.test(entry.name);
  try {
    return kindOfFile(path) ?? (hasNameOfImage ? 'image' : 'other');
  } catch {
    return hasNameOfImage ? 'image' : 'unreadable';
  }
}
