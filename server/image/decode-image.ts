import sharp from 'sharp';
import { VisionError } from '../errors/errors.js';
import { checkSides } from './check-sides.js';
import type { Orientation } from './exif-orientation.js';
import { HeaderError, type FileHeader, type ImageSize } from './file-header.js';
import { sniffFormat, type ImageFormat } from './format.js';
import type { Image } from './image.js';
import { readJpegHeader, readJpegSize } from './jpeg-header.js';
import { readPngHeader, readPngSize } from './png-header.js';

// Only the decoders of the two formats of the API may run, whatever the bytes claim to be.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer'] });
// Images are rarely repeated, so the cache of libvips would only waste memory. Images are decoded concurrently, so one
// thread each is enough.
sharp.cache(false);
sharp.concurrency(1);

/** Time limit of libvips for an image. 20 megapixels take about 0.3 s. */
const decodeSeconds = 20;

/** The operations of sharp that undo an EXIF orientation. It mirrors first, then rotates clockwise by degrees. */
const corrections: Readonly<
  Record<Orientation, { readonly flop?: true; readonly flip?: true; readonly degrees?: number }>
> = {
  1: {},
  2: { flop: true },
  3: { degrees: 180 },
  4: { flip: true },
  5: { flop: true, degrees: 270 },
  6: { degrees: 90 },
  7: { flop: true, degrees: 90 },
  8: { degrees: 270 },
};

/**
 * Reads the headers of a JPEG or PNG file without decoding pixels. Its pieces contain only what decoders need, so that
 * parsers of EXIF and other metadata never see untrusted bytes.
 * @throws VisionError CONTENT_EMPTY, NOT_AN_IMAGE, IMAGE_UNREADABLE or TOO_MANY_PIXELS
 */
export function readHeader(content: Uint8Array, maxPixels: number): FileHeader {
  return readBy(readFormat, content, maxPixels);
}

/**
 * Reads the size of a JPEG or PNG file, at next to no cost. What follows may be invalid.
 * @throws as `readHeader` does
 */
export function readSize(content: Uint8Array, maxPixels: number): ImageSize {
  return readBy(readSizeOf, content, maxPixels);
}

type Readers<Header> = Readonly<Record<ImageFormat, (file: Buffer) => Header>>;

const readFormat: Readers<FileHeader> = { jpeg: readJpegHeader, png: readPngHeader };
const readSizeOf: Readers<ImageSize> = { jpeg: readJpegSize, png: readPngSize };

function readBy<Header extends ImageSize>(readers: Readers<Header>, content: Uint8Array, maxPixels: number): Header {
  if (content.length === 0) throw VisionError.of('CONTENT_EMPTY');
  const format = sniffFormat(content);
  if (format === undefined) throw VisionError.of('NOT_AN_IMAGE');
  const header = withVisionError(() =>
    readers[format](Buffer.from(content.buffer, content.byteOffset, content.length)),
  );
  const { width, height } = header;
  const pixels = width * height;
  if (pixels > maxPixels) throw VisionError.of('TOO_MANY_PIXELS', { width, height, pixels, limit: maxPixels });
  return header;
}

function withVisionError<Header>(read: () => Header): Header {
  try {
    return read();
  } catch (error) {
    throw error instanceof HeaderError ? unreadable(error.message) : error;
  }
}

/** Decodes a JPEG or PNG file. @throws what `readHeader`, `checkSides` and `decodeFile` throw */
export async function decodeImage(content: Uint8Array, maxPixels: number): Promise<Image> {
  const header = readHeader(content, maxPixels);
  checkSides(header);
  return decodeFile(header);
}

/**
 * Decodes a file by its header, with its orientation applied, as sRGB, and with transparency over white. Damaged files
 * are rejected instead of filled up with gray.
 * @throws VisionError IMAGE_UNREADABLE
 */
export async function decodeFile({ width, height, orientation, pieces }: FileHeader): Promise<Image> {
  const { flip = false, flop = false, degrees = 0 } = corrections[orientation];
  const [first, ...others] = pieces;
  // Nothing is left out of most PNGs. Megabytes are copied only where something was.
  const file = first !== undefined && others.length === 0 ? first : Buffer.concat(pieces);
  const { data, info } = await sharp(file, { limitInputPixels: width * height, failOn: 'warning' })
    .timeout({ seconds: decodeSeconds })
    .flip(flip)
    .flop(flop)
    .rotate(degrees)
    .flatten({ background: 'white' })
    .toColorspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw unreadable('it is damaged or truncated');
    });
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * info.width * info.height));
  if (info.channels === 3) rgb.set(data);
  else {
    for (let to = 0, from = 0; to < rgb.length; from += info.channels) {
      for (let channel = 0; channel < 3; channel++) rgb[to++] = data[from + (info.channels < 3 ? 0 : channel)] ?? 0;
    }
  }
  return { width: info.width, height: info.height, rgb };
}

/** The message of libvips is not passed on: it has one per process, which may be about the image of another request. */
function unreadable(problem: string): VisionError {
  return VisionError.of('IMAGE_UNREADABLE', { problem });
}
