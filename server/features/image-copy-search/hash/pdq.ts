import type { Luma } from '../luma/luma.js';

/** Frequencies of a picture, 16 x 16 without the constant one: what PDQ makes its bits of. */
export interface PdqSpectrum {
  readonly coefficients: Float32Array;
  /** 0 to 100: how much there is to see. Below 50 a hash says nothing about the picture. */
  readonly quality: number;
}

/** Bytes of a hash: 256 bits. */
export const pdqBytes = 32;
/** The longer side, in pixels, from which pictures are averaged down before they are hashed. */
export const pdqMaxSide = 512;

/** Quality, below which hashes of different pictures may be the same: Meta's own advice. */
export const minQuality = 50;

const side = 16;
const inputSide = 64;
/** A picture with a shorter side below this has no hash. */
const minSide = 5;

const dct = Float32Array.from({ length: side * inputSide }, (_, index) => {
  const frequency = Math.floor(index / inputSide) + 1;
  const position = index % inputSide;
  return Math.sqrt(2 / inputSide) * Math.cos((Math.PI / 2 / inputSide) * frequency * (2 * position + 1));
});

/**
 * The spectrum of PDQ, Meta's perceptual hash: two passes of a box filter in both directions, 64 x 64 samples, a discrete
 * cosine transform. After "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook 2019.
 */
export function pdqSpectrum(luma: Luma): PdqSpectrum {
  if (Math.min(luma.width, luma.height) < minSide) return { coefficients: new Float32Array(side * side), quality: 0 };
  const samples = decimate(luma);
  return { coefficients: transform(samples), quality: qualityOf(samples) };
}

/**
 * The hashes of the picture in its 8 orientations, as it is first. A mirrored or turned picture has the same frequencies
 * with some signs changed, and the axes exchanged.
 */
export function dihedralHashes({ coefficients }: PdqSpectrum): Uint8Array[] {
  const transposed = coefficients.map((_, index) => coefficients[(index % side) * side + Math.floor(index / side)]!);
  return [coefficients, transposed].flatMap((matrix) =>
    [0, 1, 2, 3].map((flip) =>
      hashOf(matrix.map((value, index) => (isNegated(flip, Math.floor(index / side) & 1, index & 1) ? -value : value))),
    ),
  );
}

/** Flip 0 is none, 1 turns top to bottom, 2 left to right, 3 both. Frequencies count from one: index 0 is an odd one. */
function isNegated(flip: number, row: number, column: number): boolean {
  const vertical = (flip & 1) === 1 && row === 0;
  const horizontal = (flip & 2) === 2 && column === 0;
  return vertical !== horizontal;
}

/**
 * The hash of a spectrum, its bits sorted by the parities of row and column: 8 bytes of (even, even), then (even, odd),
 * (odd, even) and (odd, odd). A flip of the picture inverts whole groups, which makes four orientations as cheap as one.
 */
export function hashOf(coefficients: Float32Array): Uint8Array {
  const median = coefficients.toSorted()[(side * side) / 2 - 1]!;
  const hash = new Uint8Array(pdqBytes);
  for (let index = 0; index < coefficients.length; index++) {
    if (coefficients[index]! > median) setBit(hash, groupedBit(index));
  }
  return hash;
}

/** The hash as Meta's tools print it: 64 hexadecimal digits, the highest frequencies first. */
export function pdqHex(hash: Uint8Array): string {
  const bytes = new Uint8Array(pdqBytes);
  for (let index = 0; index < 8 * pdqBytes; index++) if (hasBit(hash, groupedBit(index))) setBit(bytes, index);
  return Buffer.from(bytes.toReversed()).toString('hex');
}

/** Number of bits that differ. */
export function hammingDistance(a: Uint8Array, b: Uint8Array): number {
  let distance = 0;
  for (let index = 0; index < a.length; index++) distance += popcount8[a[index]! ^ b[index]!]!;
  return distance;
}

const popcount8 = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function groupedBit(index: number): number {
  const row = Math.floor(index / side);
  const column = index % side;
  return 64 * (2 * (row & 1) + (column & 1)) + 8 * (row >> 1) + (column >> 1);
}

function setBit(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3]! |= 1 << (bit & 7);
}

function hasBit(bytes: Uint8Array, bit: number): boolean {
  return ((bytes[bit >> 3]! >> (bit & 7)) & 1) === 1;
}

function decimate({ width, height, data }: Luma): Float32Array {
  let [from, to] = [Float32Array.from(data), new Float32Array(data.length)];
  const rowWindow = Math.ceil(width / (2 * inputSide));
  const columnWindow = Math.ceil(height / (2 * inputSide));
  for (let pass = 0; pass < 2; pass++) {
    for (let y = 0; y < height; y++) boxFilter(from, to, y * width, 1, width, rowWindow);
    for (let x = 0; x < width; x++) boxFilter(to, from, x, width, height, columnWindow);
  }
  const samples = new Float32Array(inputSide * inputSide);
  for (let y = 0; y < inputSide; y++) {
    const row = Math.floor(((y + 0.5) * height) / inputSide) * width;
    for (let x = 0; x < inputSide; x++) {
      samples[y * inputSide + x] = from[row + Math.floor(((x + 0.5) * width) / inputSide)]!;
    }
  }
  return samples;
}

/** Mean over a window around each value of a line; at the ends over the part of it that is inside. */
function boxFilter(
  from: Float32Array,
  to: Float32Array,
  start: number,
  stride: number,
  length: number,
  window: number,
): void {
  const ahead = Math.floor((window + 2) / 2);
  let sum = 0;
  let count = 0;
  let left = start;
  let right = start;
  for (let index = 0; index < Math.min(ahead - 1, length); index++, right += stride) {
    sum += from[right]!;
    count++;
  }
  const behind = window - ahead;
  for (let index = 0, out = start; index < length; index++, out += stride) {
    if (index + ahead - 1 < length) {
      sum += from[right]!;
      right += stride;
      count++;
    }
    if (index > behind) {
      sum -= from[left]!;
      left += stride;
      count--;
    }
    to[out] = sum / count;
  }
}

function transform(samples: Float32Array): Float32Array {
  const half = new Float32Array(side * inputSide);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < inputSide; column++) {
      let sum = 0;
      for (let k = 0; k < inputSide; k++) sum += dct[row * inputSide + k]! * samples[k * inputSide + column]!;
      half[row * inputSide + column] = sum;
    }
  }
  const out = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let sum = 0;
      for (let k = 0; k < inputSide; k++) sum += half[row * inputSide + k]! * dct[column * inputSide + k]!;
      out[row * side + column] = sum;
    }
  }
  return out;
}

/** Counts steps of brightness that an eye would see. The constants are Meta's. */
function qualityOf(samples: Float32Array): number {
  const step = (a: number, b: number): number => Math.abs(Math.trunc(((a - b) * 100) / 255));
  let sum = 0;
  for (let y = 0; y < inputSide; y++) {
    for (let x = 0; x < inputSide; x++) {
      const value = samples[y * inputSide + x]!;
      if (x + 1 < inputSide) sum += step(value, samples[y * inputSide + x + 1]!);
      if (y + 1 < inputSide) sum += step(value, samples[(y + 1) * inputSide + x]!);
    }
  }
  return Math.min(100, Math.trunc(sum / 90));
}
