import { exifOrientation } from './exif-orientation.js';
import { HeaderError, Pieces, type FileHeader } from './file-header.js';

/** A decoder goes over the whole image for every scan. Encoders write some ten. */
const maxScans = 100;
/** Color profiles of printers have 2 MB. */
const maxProfileBytes = 4 << 20;

/** Files have some dozens. */
const maxSegments = 10_000;

const startOfScan = 0xda;
const endOfImage = 0xd9;
const exif = Buffer.from('Exif\0\0');
const profile = Buffer.from('ICC_PROFILE\0');

/** Start of frame, of every kind of coding: they lie between C0 and CF, with three others. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Markers without a segment: TEM, restarts, start of image. */
function standsAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/** What a decoder needs to draw the image: tables, frames, scans, and what says how colors are meant. */
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
 * Reads the headers of a JPEG file (ITU-T T.81, annex B), and leaves out what is not needed to draw it: EXIF, XMP,
 * comments, thumbnails, whatever stands behind its end. One pass over the bytes, whatever they are.
 * @throws HeaderError
 */
export function readJpegHeader(file: Buffer): FileHeader {
  const pieces = new Pieces(file);
  let size: Pick<FileHeader, 'width' | 'height'> | undefined;
  let orientation: FileHeader['orientation'] | undefined;
  let segments = 0;
  let scans = 0;
  let profileBytes = 0;
  let at = 2;
  pieces.keep(0, at);
  for (;;) {
    const markerAt = nextMarker(file, at);
    const marker = file[markerAt + 1];
    // Bytes that belong nowhere are kept: the decoder refuses the file for them.
    pieces.keep(at, markerAt);
    at = Math.min(file.length, markerAt + 2);
    if (marker !== undefined && standsAlone(marker)) {
      pieces.keep(markerAt, at);
      continue;
    }
    // A file may end anywhere: the decoder finds out what is missing.
    if (marker === undefined || marker === endOfImage || at + 2 > file.length) {
      pieces.keep(markerAt, at);
      break;
    }
    const end = Math.min(file.length, at + file.readUInt16BE(at));
    if (++segments > maxSegments) throw new HeaderError(`it has more than ${maxSegments} segments`);
    if (end < at + 2) throw new HeaderError('a segment has an invalid length');
    const segment = file.subarray(at + 2, end);
    // Decoders look for it before the first scan.
    if (marker === 0xe1 && scans === 0 && startsWith(segment, exif)) {
      orientation ??= exifOrientation(segment.subarray(exif.length));
    }
    if (isProfile(marker, segment) && (profileBytes += segment.length) > maxProfileBytes) {
      throw new HeaderError(`its color profile exceeds ${maxProfileBytes} bytes`);
    }
    if (isFrame(marker)) size ??= readFrame(segment);
    if (marker === startOfScan && ++scans > maxScans) throw new HeaderError(`it has more than ${maxScans} scans`);
    // What was coded in a scan lies between its segment and the next marker.
    const stop = marker === startOfScan ? nextMarker(file, end) : end;
    if (isNeeded(marker, segment)) pieces.keep(markerAt, stop);
    at = stop;
  }
  if (size === undefined) throw new HeaderError('its header has no image size');
  return { ...size, orientation: orientation ?? 1, pieces: pieces.list };
}

/** Where the next marker begins: FF and a byte that is neither 0, as in coded data, nor FF, which fills. Or the end. */
function nextMarker(file: Buffer, from: number): number {
  for (let at = from; at < file.length - 1; at++) {
    if (file[at] !== 0xff) continue;
    const next = file[at + 1]!;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return file.length;
}

function readFrame(segment: Buffer): Pick<FileHeader, 'width' | 'height'> {
  if (segment.length < 6) throw new HeaderError('its frame header is truncated');
  const [bits, height, width] = [segment[0], segment.readUInt16BE(1), segment.readUInt16BE(3)];
  if (bits !== 8) throw new HeaderError(`it has ${bits} bits per sample, expected 8`);
  if (width === 0 || height === 0) throw new HeaderError('its header has no image size');
  return { width, height };
}
