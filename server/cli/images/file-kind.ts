import { closeSync, openSync, readSync } from 'node:fs';
import { sniffFormat } from '../../image/format.js';

/** Formats that are known by their first bytes, but that the server does not take. As text, a character a byte. */
const foreignFormats = [
  ['WebP', /^RIFF[^]{4}WEBP/],
  ['GIF', /^GIF8/],
  ['TIFF', /^(II\*\0|MM\0\*)/],
  ['BMP', /^BM[^]{4}\0{4}/],
  ['AVIF', /^[^]{4}ftypavi[fs]/],
  ['HEIC', /^[^]{4}ftyp(hei|hev|mif1|msf1)/],
  ['JPEG XL', /^(\xff\n|[^]{4}JXL )/],
  ['PDF', /^%PDF-/],
] as const;

export type ForeignFormat = (typeof foreignFormats)[number][0];

/** Longer than any of the signatures. */
const headBytes = 16;

/**
 * What the first bytes of a file say, whatever its name is.
 * @returns undefined where they say nothing
 * @throws Error of node:fs
 */
export function kindOfFile(path: string): 'image' | ForeignFormat | undefined {
  const head = readHead(path);
  if (sniffFormat(head) !== undefined) return 'image';
  const text = head.toString('latin1');
  return foreignFormats.find(([, pattern]) => pattern.test(text))?.[0];
}

function readHead(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    return head.subarray(0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}
