/** Most significant bit of a coefficient that a scan may begin with. */
const firstBit = 13;
const coefficients = 63;
/** Blocks that a single code can skip. */
const maxRun = 0x7fff;

/**
 * A gray JPEG file of one color that says so in as many scans as are asked for, up to 883 (ITU-R T.81, annex G): after
 * one for the mean of the blocks, each has one bit of one coefficient. The file is small, and a decoder passes over all
 * blocks for every scan.
 */
export function flatProgressiveJpeg(width: number, height: number, scans: number): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const zeros = scanOfZeros(blocks);
  const parts = [
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...Array<number>(64).fill(16)]),
    segment(0xc2, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
    // A code of one bit for a difference of 0, and codes of four bits for runs of empty blocks.
    segment(0xc4, [0x00, 1, ...Array<number>(15).fill(0), 0]),
    segment(0xc4, [0x10, 0, 0, 0, 15, ...Array<number>(12).fill(0), ...runLengths().map((bits) => bits << 4)]),
    scanHeader(0, 0),
    Buffer.alloc(Math.ceil(blocks / 8)),
  ];
  for (let scan = 1; scan < scans; scan++) {
    const bit = firstBit - Math.floor((scan - 1) / coefficients);
    if (bit < 0) throw new RangeError(`A file cannot have ${scans} scans`);
    parts.push(scanHeader(1 + ((scan - 1) % coefficients), ((bit === firstBit ? 0 : bit + 1) << 4) | bit), zeros);
  }
  return Buffer.concat([...parts, Buffer.from([0xff, 0xd9])]);
}

function segment(marker: number, data: readonly number[]): Buffer {
  const length = data.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...data]);
}

/** @param bits position of the bit in the coefficient, and of the one that came before */
function scanHeader(coefficient: number, bits: number): Buffer {
  return segment(0xda, [1, 1, 0, coefficient, coefficient, bits]);
}

/** Bits of the lengths of runs: 15 codes, in their order. */
function runLengths(): number[] {
  return Array.from({ length: 15 }, (_, bits) => bits);
}

/** The data of a scan in which a coefficient is 0 in all blocks. */
function scanOfZeros(blocks: number): Buffer {
  let bits = '';
  for (let left = blocks; left > 0;) {
    const run = Math.min(left, maxRun);
    const length = Math.floor(Math.log2(run));
    bits += length.toString(2).padStart(4, '0');
    if (length > 0) bits += (run - 2 ** length).toString(2).padStart(length, '0');
    left -= run;
  }
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  const bytes = Array.from({ length: bits.length / 8 }, (_, at) => Number.parseInt(bits.slice(8 * at, 8 * at + 8), 2));
  // A byte of all ones is followed by a zero, so that it is no marker.
  return Buffer.from(bytes.flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte])));
}
