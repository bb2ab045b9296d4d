import { exifOrientation } from './exif-orientation.js';
import { HeaderError, Pieces, type FileHeader, type ImageSize } from './file-header.js';

const signatureBytes = 8;
/** Bytes of length and type before the data of a chunk, and of the checksum behind it. */
const [headBytes, tailBytes] = [8, 4];
/**
 * Chunks that decoding needs, besides the critical ones, which begin with a capital letter. All others are texts,
 * times, animation and other metadata.
 */
const needed: ReadonlySet<string> = new Set(['tRNS', 'iCCP', 'sRGB', 'gAMA', 'cHRM']);
/** Encoders write chunks of a few kilobytes. */
const maxChunks = 100_000;
/** Of a color profile, compressed. */
const maxProfileBytes = 1 << 20;
/** Bits per sample, by color type. */
const depths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * Reads the headers of a PNG file (https://www.w3.org/TR/png-3/), and leaves out what decoding does not need: texts,
 * EXIF, other frames, and bytes behind its end.
 * @throws HeaderError
 */
export function readPngHeader(file: Buffer): FileHeader {
  const size = readPngSize(file);
  const pieces = new Pieces(file);
  pieces.keep(0, signatureBytes);
  let orientation: FileHeader['orientation'] | undefined;
  let hasPixels = false;
  let chunks = 0;
  for (let at = signatureBytes; at + headBytes <= file.length;) {
    if (++chunks > maxChunks) throw new HeaderError(`it has more than ${maxChunks} chunks`);
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + headBytes);
    const end = Math.min(file.length, at + headBytes + length + tailBytes);
    // Decoders expect it before the pixels.
    if (type === 'eXIf' && !hasPixels) orientation ??= exifOrientation(file.subarray(at + headBytes, end));
    if (type === 'IDAT') hasPixels = true;
    if (/^[A-Z]/.test(type) || (needed.has(type) && (type !== 'iCCP' || length <= maxProfileBytes))) {
      pieces.keep(at, end);
    }
    if (type === 'IEND') break;
    at = end;
  }
  return { ...size, orientation: orientation ?? 1, pieces: pieces.list };
}

/** Reads the size of a PNG file only. What follows may be invalid. @throws HeaderError */
export function readPngSize(file: Buffer): ImageSize {
  const at = signatureBytes + headBytes;
  if (file.length < at + 13 || file.toString('latin1', at - 4, at) !== 'IHDR') {
    throw new HeaderError('its header has no image size');
  }
  const [width, height, bits, color] = [
    file.readUInt32BE(at),
    file.readUInt32BE(at + 4),
    file.readUInt8(at + 8),
    file.readUInt8(at + 9),
  ];
  if (width === 0 || height === 0) throw new HeaderError('its header has no image size');
  if (depths[color]?.includes(bits) !== true) {
    throw new HeaderError(`it has ${bits} bits per sample, which color type ${color} does not allow`);
  }
  return { width, height };
}
