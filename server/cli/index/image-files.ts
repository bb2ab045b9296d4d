import { createHash } from 'node:crypto';
import { basename, extname, join, relative, sep } from 'node:path';
import { limits } from '../../contract/limits.js';
import { readImageFolder } from '../images/image-folder.js';

/** The ID of a file is its path within the imported folder, so that it is the same when the import is repeated. */
export function idOfFile(folder: string, file: string): string {
  const name = relative(folder, file).split(sep).join('/');
  return name.length <= limits.imageIdLength ? name : createHash('sha256').update(name).digest('base64url');
}

/** Finds the file of an image that was indexed before. */
export type FileFinder = (image: { readonly id: string; readonly imageUrl: string }) => string | undefined;

/**
 * Finds files by the ID that an import of the folder gives them, else by name, with or without the extension, if only
 * one file has it. The name is the ID, or the last segment of the URL.
 * @throws Error of node:fs if the folder cannot be read
 */
export function createFileFinder(folder: string): FileFinder {
  const files = readImageFolder(folder).images.map((name) => join(folder, name));
  const byId = new Map(files.map((file) => [idOfFile(folder, file), file]));
  const byName = grouped(files, (file) => [basename(file), basename(file, extname(file))]);
  const only = (name: string): string | undefined => {
    const [first, ...others] = byName.get(name) ?? [];
    return others.length === 0 ? first : undefined;
  };
  return ({ id, imageUrl }) => byId.get(id) ?? only(id) ?? only(lastPart(imageUrl));
}

function grouped(
  files: readonly string[],
  namesOf: (file: string) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    for (const name of new Set(namesOf(file))) {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [file]);
      else group.push(file);
    }
  }
  return groups;
}

function lastPart(address: string): string {
  if (!URL.canParse(address)) return '';
  const part = new URL(address).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
