import { crc32, deflateSync } from 'node:zlib';
import { fixture } from './fixtures.js';

/** A file that nobody means well with. */
export interface HostileImage {
  readonly name: string;
  readonly content: Buffer;
}

/** Mersenne prime 2^31 - 1 with Park and Miller's multiplier: the same files in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
}

/** Copies of good files with a few bytes changed, cut out or doubled, never in the first bytes that tell the format. */
export function damagedImages(count: number): HostileImage[] {
  const sources = ['english.png', 'mixed.jpg', 'russian-photo.jpg', 'transparent.png'];
  const next = random(20_261_124);
  return Array.from({ length: count }, (_, index) => {
    const source = sources[index % sources.length]!;
    const content = fixture(source);
    const skip = 8;
    // Half of the damage falls into the headers, where it does more than gray blocks.
    const place = (): number =>
      skip + next(next(2) === 0 ? Math.min(400, content.length - skip) : content.length - skip);
    const kind = next(3);
    if (kind === 0) for (let change = 0; change < 8; change++) content[place()] = next(256);
    const [from, to] = [place(), place()].toSorted((a, b) => a - b);
    const parts =
      kind === 0
        ? [content]
        : kind === 1
          ? [content.subarray(0, from), content.subarray(to)]
          : [content.subarray(0, to), content.subarray(from)];
    return { name: `${source} damaged, number ${index}`, content: Buffer.concat(parts) };
  });
}

/** Files that are small and ask for much. */
export function bombs(): HostileImage[] {
  const zeros = (megabytes: number): Buffer => deflateSync(Buffer.alloc(megabytes << 20), { level: 9 });
  const progressive = fixture('progressive.jpg');
  const lastScan = progressive.subarray(progressive.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  return [
    { name: 'a PNG of 19 megapixels that inflates to 400 MB', content: png(4400, 4400, [['IDAT', zeros(400)]]) },
    { name: 'a PNG that is much smaller than it says', content: png(4400, 4400, [['IDAT', zeros(1)]]) },
    {
      name: 'a PNG with 200 MB of compressed text',
      content: png(1, 1, [
        ['zTXt', Buffer.concat([Buffer.from('Comment\0\0'), zeros(200)])],
        ['IDAT', deflateSync(Buffer.alloc(2))],
      ]),
    },
    {
      name: 'a PNG with 200 MB of color profile',
      content: png(1, 1, [
        ['iCCP', Buffer.concat([Buffer.from('p\0\0'), zeros(200)])],
        ['IDAT', deflateSync(Buffer.alloc(2))],
      ]),
    },
    {
      name: 'a PNG with a hundred thousand chunks',
      content: png(1, 1, [
        ...Array<[string, Buffer]>(100_000).fill(['tEXt', Buffer.from('a\0b')]),
        ['IDAT', deflateSync(Buffer.alloc(2))],
      ]),
    },
    {
      name: 'a PNG of one row of 20 million pixels',
      content: png(20_000_000, 1, [['IDAT', deflateSync(Buffer.alloc(20_000_001), { level: 9 })]]),
    },
    {
      name: 'a JPEG with two thousand scans',
      content: Buffer.concat([
        progressive.subarray(0, -2),
        ...Array<Buffer>(2000).fill(lastScan),
        Buffer.from([0xff, 0xd9]),
      ]),
    },
    { name: 'a JPEG whose EXIF data loop into themselves', content: exifLoop() },
    { name: 'a JPEG that claims 65,500 x 65,500 pixels', content: jpegOfSize(65_500, 65_500) },
    { name: 'a JPEG that claims no pixels', content: jpegOfSize(0, 0) },
  ];
}

/** The mixed fixture with EXIF data of 60 KB: each of 5,000 entries points to the directory that it is in. */
export function exifLoop(): Buffer {
  const entries = 5000;
  const tiff = Buffer.alloc(10 + 12 * entries + 4);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(entries, 8);
  for (let entry = 0; entry < entries; entry++) {
    const at = 10 + 12 * entry;
    // ExifIFD, of type long, once, at offset 8.
    tiff.writeUInt16LE(0x8769, at);
    tiff.writeUInt16LE(4, at + 2);
    tiff.writeUInt32LE(1, at + 4);
    tiff.writeUInt32LE(8, at + 8);
  }
  const data = Buffer.concat([Buffer.from('Exif\0\0'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  const file = fixture('mixed.jpg');
  return Buffer.concat([file.subarray(0, 2), head, data, file.subarray(2)]);
}

/** A gray PNG with right checksums, whatever its chunks hold. */
function png(width: number, height: number, chunks: ReadonlyArray<readonly [type: string, data: Buffer]>): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const all = [['IHDR', header] as const, ...chunks, ['IEND', Buffer.alloc(0)] as const];
  const encoded = all.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  });
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...encoded]);
}

/** The mixed fixture with another size in its frame header. */
function jpegOfSize(width: number, height: number): Buffer {
  const content = fixture('mixed.jpg');
  const frame = content.indexOf(Buffer.from([0xff, 0xc0]));
  content.writeUInt16BE(height, frame + 5);
  content.writeUInt16BE(width, frame + 7);
  return content;
}
