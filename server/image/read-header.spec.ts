import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { countReads } from '../../test/counted-reads.js';
import { fixture } from '../../test/fixtures.js';
import { exifLoop } from '../../test/hostile-images.js';
import { VisionError } from '../errors/errors.js';
import { decodeFile, readHeader } from './decode-image.js';
import type { FileHeader } from './file-header.js';
import { readJpegHeader } from './jpeg-header.js';

const limit = 20_000_000;

const kept = ({ pieces }: FileHeader): Buffer => Buffer.concat(pieces);

/** A segment of a JPEG file. */
function segment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** The file with bytes inserted behind its first two. */
const withSegments = (file: Buffer, ...segments: Buffer[]): Buffer =>
  Buffer.concat([file.subarray(0, 2), ...segments, file.subarray(2)]);

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, 'latin1');
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), data])), 0);
  return Buffer.concat([head, data, sum]);
}

/** The PNG with chunks inserted behind its first one. */
const withChunks = (file: Buffer, ...chunks: Buffer[]): Buffer =>
  Buffer.concat([file.subarray(0, 33), ...chunks, file.subarray(33)]);

/** EXIF data with one entry, in either byte order. */
function exif(orientation: number, isLittle: boolean, type = 3): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write(isLittle ? 'II*\0' : 'MM\0*', 0, 'latin1');
  const write16 = (value: number, at: number): unknown =>
    isLittle ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const write32 = (value: number, at: number): unknown =>
    isLittle ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  write32(8, 4);
  write16(1, 8);
  write16(0x0112, 10);
  write16(type, 12);
  write32(1, 14);
  if (type === 3) write16(orientation, 18);
  else write32(orientation, 18);
  return tiff;
}

function isClientErrorOrNone(task: () => unknown): boolean {
  try {
    task();
    return true;
  } catch (error) {
    return error instanceof VisionError;
  }
}

describe('readHeader of JPEG', () => {
  const jpeg = fixture('mixed.jpg');

  it('reads size and orientation', async () => {
    const { width, height } = await sharp(jpeg).metadata();
    expect(readHeader(jpeg, limit)).toMatchObject({ width, height, orientation: 1 });
    expect(readHeader(fixture('exif-6.jpg'), limit).orientation).toBe(6);
    expect(readHeader(fixture('progressive.jpg'), limit)).toMatchObject({ orientation: 1 });
  });

  it.each([
    [exif(8, true), 8],
    [exif(3, false), 3],
    [exif(5, true, 4), 5],
    [exif(0, true), 1],
    [exif(9, false), 1],
    [exif(6, true).subarray(0, 15), 1],
    [Buffer.from('nothing'), 1],
    [Buffer.alloc(0), 1],
  ])('reads EXIF data, case %#', (tiff, orientation) => {
    const app1 = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff]));
    expect(readHeader(withSegments(jpeg, app1), limit).orientation).toBe(orientation);
  });

  it('leaves out metadata, and bytes behind the end', async () => {
    const plain = kept(readHeader(jpeg, limit));
    const noise = [0xe1, 0xe2, 0xed, 0xfe].map((marker) => segment(marker, Buffer.alloc(60_000, 0xab)));
    const file = Buffer.concat([withSegments(jpeg, ...noise), Buffer.alloc(1 << 20, 0xff)]);
    expect(kept(readHeader(file, limit)).equals(plain)).toBe(true);
    const image = await decodeFile(readHeader(file, limit));
    expect(Buffer.compare(image.rgb, (await decodeFile(readHeader(jpeg, limit))).rgb)).toBe(0);
  });

  it('counts only color profiles, and uses the first EXIF data before the pixels', () => {
    const others = Array<Buffer>(80).fill(segment(0xe2, Buffer.concat([Buffer.from('FPXR\0'), Buffer.alloc(65_000)])));
    expect(() => readHeader(withSegments(jpeg, ...others), limit)).not.toThrow();
    const data = (orientation: number): Buffer =>
      segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif(orientation, true)]));
    expect(readHeader(withSegments(jpeg, data(3), data(6)), limit).orientation).toBe(3);
    expect(readHeader(Buffer.concat([jpeg.subarray(0, -2), data(6), jpeg.subarray(-2)]), limit).orientation).toBe(1);
  });

  it('keeps the color profile', async () => {
    const profiled = await sharp(jpeg).withIccProfile('p3').jpeg().toBuffer();
    expect((await sharp(kept(readHeader(profiled, limit))).metadata()).icc).toBeDefined();
  });

  it('accepts a hundred scans and no more', () => {
    const progressive = fixture('progressive.jpg');
    const lastScan = progressive.subarray(progressive.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
    const scans = (count: number): Buffer =>
      Buffer.concat([progressive.subarray(0, -2), ...Array<Buffer>(count).fill(lastScan), Buffer.from([0xff, 0xd9])]);
    expect(() => readHeader(scans(80), limit)).not.toThrow();
    expect(() => readHeader(scans(100), limit)).toThrow("Can't decode Image: it has more than 100 scans");
  });

  it.each([
    ['no frame', Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xd9])]), 'its header has no image size'],
    [
      'a segment without a length',
      withSegments(jpeg, Buffer.from([0xff, 0xfe, 0, 0])),
      'a segment has an invalid length',
    ],
    [
      'twelve bits',
      withSegments(jpeg, segment(0xc1, Buffer.from([12, 0, 9, 0, 9, 1]))),
      'it has 12 bits per sample, expected 8',
    ],
    [
      'millions of segments',
      withSegments(jpeg, Buffer.alloc(4 << 20, Buffer.from([0xff, 0xfe, 0, 2]))),
      'it has more than 10000 segments',
    ],
    [
      'a color profile of 5 MB',
      withSegments(
        jpeg,
        ...Array<Buffer>(80).fill(segment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0'), Buffer.alloc(65_000)]))),
      ),
      'its color profile exceeds',
    ],
  ])('rejects a file with %s', (_name, file, problem) => {
    expect(() => readHeader(file, limit)).toThrow(problem);
  });
});

describe('readHeader of PNG', () => {
  const png = fixture('english.png');

  it('reads size and orientation, and leaves out texts', async () => {
    const noise = ['tEXt', 'zTXt', 'iTXt', 'tIME', 'acTL'].map((type) => chunk(type, Buffer.alloc(50_000, 7)));
    const file = withChunks(png, chunk('eXIf', exif(8, false)), ...noise);
    const header = readHeader(Buffer.concat([file, Buffer.alloc(9)]), limit);
    expect(header).toMatchObject({ width: 900, height: 292, orientation: 8 });
    expect(kept(header).equals(kept(readHeader(png, limit)))).toBe(true);
    const decoded = await decodeFile(header);
    expect([decoded.width, decoded.height]).toEqual([292, 900]);
  });

  it('uses the first EXIF data before the pixels, and leaves unknown critical chunks to the decoder, which rejects them', async () => {
    expect(
      readHeader(withChunks(png, chunk('eXIf', exif(3, true)), chunk('eXIf', exif(6, true))), limit).orientation,
    ).toBe(3);
    const late = Buffer.concat([png.subarray(0, -12), chunk('eXIf', exif(6, true)), png.subarray(-12)]);
    expect(readHeader(late, limit).orientation).toBe(1);
    const unknown = readHeader(withChunks(png, chunk('ABCD', Buffer.alloc(4))), limit);
    await expect(decodeFile(unknown)).rejects.toMatchObject({ reason: 'IMAGE_UNREADABLE' });
  });

  it('applies eXIf orientations as sharp does', async () => {
    const file = withChunks(png, chunk('eXIf', exif(7, true)));
    const { data, info } = await sharp(file)
      .autoOrient()
      .flatten({ background: 'white' })
      .toColorspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height, rgb } = await decodeFile(readHeader(file, limit));
    expect([width, height]).toEqual([info.width, info.height]);
    const firstOf = (pixels: Uint8Array, channels: number): Uint8Array =>
      pixels.filter((_, index) => index % channels === 0);
    expect(Buffer.compare(firstOf(rgb, 3), firstOf(data, info.channels))).toBe(0);
  });

  it.each([
    ['no first chunk', png.subarray(0, 20), 'its header has no image size'],
    [
      'three bits',
      Buffer.concat([png.subarray(0, 24), Buffer.from([3]), png.subarray(25)]),
      'it has 3 bits per sample, which color type',
    ],
    [
      'millions of chunks',
      withChunks(png, Buffer.alloc(3 << 20, chunk('tEXt', Buffer.alloc(0)))),
      'it has more than 100000 chunks',
    ],
    [
      'chunks in disorder',
      withChunks(
        png,
        ...Array<Buffer>(2000).fill(
          Buffer.concat([chunk('tEXt', Buffer.alloc(0)), chunk('IDAT', deflateSync(Buffer.alloc(0)))]),
        ),
      ),
      'its headers are too fragmented',
    ],
  ])('rejects a file with %s', (_name, file, problem) => {
    expect(() => readHeader(file, limit)).toThrow(problem);
  });
});

describe('readHeader', () => {
  it('reads EXIF that loops into itself once', () => {
    const { bytes, reads } = countReads(exifLoop());
    expect(readJpegHeader(bytes).orientation).toBe(1);
    expect(reads()).toBeLessThan(2 * bytes.length);
  });

  it('reads every byte three times at most, whatever they are', () => {
    const jpeg = fixture('mixed.jpg');
    const bodies = [
      [0xff],
      [0xff, 0x00],
      [0xff, 0xd0],
      [0xff, 0x01],
      [0xff, 0xd8],
      [0xff, 0xda, 0, 2],
      [0xff, 0xc0, 0, 8, 8, 0, 1, 0, 1, 1],
    ];
    for (const body of bodies) {
      const file = Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(1 << 17, Buffer.from(body))]);
      expect(isClientErrorOrNone(() => readHeader(file, limit))).toBe(true);
      const { bytes, reads } = countReads(file);
      try {
        readJpegHeader(bytes);
      } catch {}
      expect(reads()).toBeGreaterThan(jpeg.length / 2);
      expect(reads()).toBeLessThanOrEqual(3 * file.length);
    }
  });

  it('throws only errors for clients, whatever the bytes are', () => {
    const beginnings = fc.constantFrom(
      fixture('exif-6.jpg').subarray(0, 300),
      fixture('english.png').subarray(0, 60),
      Buffer.from([0xff, 0xd8, 0xff]),
    );
    const noise = fc
      .tuple(beginnings, fc.nat({ max: 300 }), fc.uint8Array({ maxLength: 200 }))
      .map(([beginning, length, bytes]) => Buffer.concat([beginning.subarray(0, length), bytes]));
    const harmless = fc.property(noise, (file) => isClientErrorOrNone(() => readHeader(file, limit)));
    expect(() => fc.assert(harmless, { numRuns: 3000 })).not.toThrow();
  });
});
