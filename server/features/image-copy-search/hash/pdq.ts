import type { Luma } from '../luma/luma.js';

/** The lowest frequencies of a picture, 16 x 16 without the constant ones. PDQ derives its bits from them. */
export interface PdqSpectrum {
  readonly coefficients: Float32Array;
  /** Amount of content, 0 to 100. Below `minQuality` a hash does not identify the picture. */
  readonly quality: number;
}

/** Bytes of a hash: 256 bits. */
export const pdqBytes = 32;
/** Pictures are downscaled toward this longer side, in pixels, before they are hashed. */
export const pdqMaxSide = 512;

/** Quality below which different pictures may have the same hash, as Meta recommends. */
export const minQuality = 50;

const side = 16;
const inputSide = 64;
/** Pictures with a shorter side have a quality of 0. */
const minSide = 5;

const dct = Float32Array.from({ length: side * inputSide }, (_, index) => {
  const frequency = Math.floor(index / inputSide) + 1;
  const position = index % inputSide;
  return Math.sqrt(2 / inputSide) * Math.cos((Math.PI / 2 / inputSide) * frequency * (2 * position + 1));
});

/**
 * Computes the spectrum of PDQ, Meta's perceptual hash: two passes of a box filter in both directions, 64 x 64 samples,
 * a discrete cosine transform. After "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm",
 * Facebook 2019.
 */
export function pdqSpectrum(luma: Luma): PdqSpectrum {
  if (Math.min(luma.width, luma.height) < minSide) return { coefficients: new Float32Array(side * side), quality: 0 };
  const samples = decimate(luma);
  return { coefficients: transform(samples), quality: qualityOf(samples) };
}

/**
 * The hashes of the picture in its 8 orientations: the picture and its three flips, then its transpose and the flips of
 * that. A mirrored or rotated picture has the same frequencies with other signs, and its axes swapped.
 */
export function dihedralHashes({ coefficients }: PdqSpectrum): Uint8Array[] {
  const transposed = coefficients.map((_, index) => coefficients[(index % side) * side + Math.floor(index / side)]!);
  return [coefficients, transposed].flatMap((matrix) =>
    [0, 1, 2, 3].map((flip) =>
      hashOf(matrix.map((value, index) => (isNegated(flip, Math.floor(index / side) & 1, index & 1) ? -value : value))),
    ),
  );
}

/**
 * Flip 0 is none, 1 swaps top and bottom, 2 left and right, 3 both. Frequencies start at 1, so that of index 0 is odd.
 */
function isNegated(flip: number, row: number, column: number): boolean {
  const vertical = (flip & 1) === 1 && row === 0;
  const horizontal = (flip & 2) === 2 && column === 0;
  return vertical !== horizontal;
}

/**
 * The hash of a spectrum, its bits grouped by the parities of row and column: 8 bytes of (even, even), then (even,
 * odd), (odd, even) and (odd, odd). A flip of the picture inverts whole groups, so that comparing four flips costs as
 * much as one.
 */
export function hashOf(coefficients: Float32Array): Uint8Array {
  const median = coefficients.toSorted()[(side * side) / 2 - 1]!;
  const hash = new Uint8Array(pdqBytes);
  for (let index = 0; index < coefficients.length; index++) {
    if (coefficients[index]! > median) setBit(hash, groupedBit(index));
  }
  return hash;
}

/** The hash as Meta's tools print it: 64 hexadecimal digits, highest frequencies first. */
export function pdqHex(hash: Uint8Array): string {
  const bytes = new Uint8Array(pdqBytes);
  for (let index = 0; index < 8 * pdqBytes; index++) if (hasBit(hash, groupedBit(index))) setBit(bytes, index);
  return Buffer.from(bytes.toReversed()).toString('hex');
}

/** Number of differing bits. */
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

/**
 * Averages over a window around each value of a row or column; at the ends over the part of the window that is inside.
 */
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

/** Sums up the visible steps of brightness. The constants are Meta's. */
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
