/** Orientation of a picture by EXIF, where 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const orientations: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];
const orientationTag = 0x0112;
const entryBytes = 12;
/** Types of a value: two bytes and four bytes. */
const [short, long] = [3, 4];

/**
 * Reads the orientation from EXIF data: from the first directory only, without following pointers.
 * @param tiff EXIF data, beginning with the byte order
 * @returns 1 where it is missing or invalid
 */
export function exifOrientation(tiff: Buffer): Orientation {
  const isLittle = tiff.subarray(0, 4).equals(Buffer.from('II*\0'));
  if (!isLittle && !tiff.subarray(0, 4).equals(Buffer.from('MM\0*'))) return 1;
  const read16 = (at: number): number =>
    at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const read32 = (at: number): number =>
    at + 4 > tiff.length ? 0 : isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at);
  const directory = read32(4);
  const entries = Math.min(read16(directory), Math.floor(tiff.length / entryBytes));
  for (let index = 0; index < entries; index++) {
    const entry = directory + 2 + index * entryBytes;
    if (read16(entry) !== orientationTag) continue;
    const type = read16(entry + 2);
    const value = type === short ? read16(entry + 8) : type === long ? read32(entry + 8) : 0;
    return orientations.find((each) => each === value) ?? 1;
  }
  return 1;
}
