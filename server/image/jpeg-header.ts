import { exifOrientation } from './exif-orientation.js';
import { HeaderError, Pieces, type FileHeader, type ImageSize } from './file-header.js';

/** A decoder passes over the whole image for every scan. Encoders write about ten. */
const maxScans = 100;
/** Color profiles of printers take 2 MB. */
const maxProfileBytes = 4 << 20;

/** Files have a few dozen. */
const maxSegments = 10_000;

const startOfScan = 0xda;
const endOfImage = 0xd9;
const exif = Buffer.from('Exif\0\0');
const profile = Buffer.from('ICC_PROFILE\0');

/** Start of frame, of any coding: the markers C0 to CF except three others. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Markers without a segment: TEM, restarts, start of image. */
function hasNoSegment(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/** What decoding needs: tables, frames, scans, and the interpretation of colors. */
function isNeeded(marker: number, segment: Buffer): boolean {
  return marker <= 0xe0 || marker === 0xee || isProfile(marker, segment);
}

function isProfile(marker: number, segment: Buffer): boolean {
  return marker === 0xe2 && startsWith(segment, profile);
}

function startsWith(segment: Buffer, beginning: Buffer): boolean {
  return segment.subarray(0, beginning.length).equals(beginning);
}

/**
 * Reads the headers of a JPEG file (ITU-T T.81, annex B), and leaves out what decoding does not need: EXIF, XMP,
 * comments, thumbnails, and bytes behind its end. Any bytes are handled in one pass.
 * @throws HeaderError
 */
export function readJpegHeader(file: Buffer): FileHeader {
  return readSegments(file, false);
}

/**
 * Reads the size of a JPEG file only, in a few hundred bytes of most files. What follows may be invalid.
 * @throws HeaderError
 */
export function readJpegSize(file: Buffer): ImageSize {
  return readSegments(file, true);
}

function readSegments(file: Buffer, sizeOnly: boolean): FileHeader {
  const pieces = new Pieces(file);
  let size: ImageSize | undefined;
  let orientation: FileHeader['orientation'] | undefined;
  let segments = 0;
  let scans = 0;
  let profileBytes = 0;
  let at = 2;
  pieces.keep(0, at);
  for (;;) {
    const markerAt = nextMarker(file, at);
    const marker = file[markerAt + 1];
    // Stray bytes are kept, so that the decoder rejects the file.
    pieces.keep(at, markerAt);
    at = Math.min(file.length, markerAt + 2);
    if (marker !== undefined && hasNoSegment(marker)) {
      pieces.keep(markerAt, at);
      continue;
    }
    // The file may end anywhere. The decoder reports what is missing.
    if (marker === undefined || marker === endOfImage || at + 2 > file.length) {
      pieces.keep(markerAt, at);
      break;
    }
    const end = Math.min(file.length, at + file.readUInt16BE(at));
    if (++segments > maxSegments) throw new HeaderError(`it has more than ${maxSegments} segments`);
    if (end < at + 2) throw new HeaderError('a segment has an invalid length');
    const segment = file.subarray(at + 2, end);
    // Decoders expect it before the first scan.
    if (marker === 0xe1 && scans === 0 && startsWith(segment, exif)) {
      orientation ??= exifOrientation(segment.subarray(exif.length));
    }
    if (isProfile(marker, segment) && (profileBytes += segment.length) > maxProfileBytes) {
      throw new HeaderError(`its color profile exceeds ${maxProfileBytes} bytes`);
    }
    if (isFrame(marker)) size ??= readFrame(segment);
    if (sizeOnly && size !== undefined) break;
    if (marker === startOfScan && ++scans > maxScans) throw new HeaderError(`it has more than ${maxScans} scans`);
    // The data of a scan is between its segment and the next marker.
    const stop = marker === startOfScan ? nextMarker(file, end) : end;
    if (isNeeded(marker, segment)) pieces.keep(markerAt, stop);
    at = stop;
  }
  if (size === undefined) throw new HeaderError('its header has no image size');
  return { ...size, orientation: orientation ?? 1, pieces: pieces.list };
}

/**
 * Position of the next marker, or the end: FF and a byte other than 0 (an escape in coded data), FF (a fill byte) and
 * restarts.
 */
function nextMarker(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at !== -1 && at < file.length - 1; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1]!;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return file.length;
}

function readFrame(segment: Buffer): ImageSize {
  if (segment.length < 6) throw new HeaderError('its frame header is truncated');
  const [bits, height, width] = [segment[0], segment.readUInt16BE(1), segment.readUInt16BE(3)];
  if (bits !== 8) throw new HeaderError(`it has ${bits} bits per sample, expected 8`);
  if (width === 0 || height === 0) throw new HeaderError('its header has no image size');
  return { width, height };
}
