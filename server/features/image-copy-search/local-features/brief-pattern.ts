import { mulberry32 } from './seeded-random.js';

/** Radius, in pixels, of the disc that a descriptor covers. */
export const patchRadius = 15;
/** Orientations that the pattern is rotated to. Mirroring maps them onto each other. */
export const orientations = 32;
/** Bits of a descriptor. */
export const descriptorBits = 256;
export const descriptorBytes = descriptorBits / 8;

/** Standard deviation of the compared points from the center, in pixels. */
const deviation = 6;

/**
 * The pairs of points that BRIEF compares (Calonder et al. 2010), drawn from a normal distribution with a fixed seed; x
 * runs along the orientation of the feature. Bits 2k and 2k + 1 are mirror images of each other across that axis:
 * mirroring a picture swaps them in its descriptors.
 */
const pairs: ReadonlyArray<readonly [x1: number, y1: number, x2: number, y2: number]> = drawPairs();

/** Columns and rows of both points of every bit, orientation by orientation. */
const columns = new Int8Array(orientations * descriptorBits * 2);
const rows = new Int8Array(columns.length);
for (let orientation = 0, at = 0; orientation < orientations; orientation++) {
  const angle = (2 * Math.PI * orientation) / orientations;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (const [x1, y1, x2, y2] of pairs) {
    for (const [x, y] of [
      [x1, y1],
      [x2, y2],
    ] as const) {
      columns[at] = Math.round(x * cos - y * sin);
      rows[at++] = Math.round(x * sin + y * cos);
    }
  }
}

/** Offsets of both points of every bit in a picture of `stride` pixels per row, orientation by orientation. */
export function patternOffsets(stride: number): Int32Array {
  const offsets = new Int32Array(columns.length);
  for (let at = 0; at < offsets.length; at++) offsets[at] = rows[at]! * stride + columns[at]!;
  return offsets;
}

/** The descriptors of the mirrored picture. */
export function mirrorDescriptors(descriptors: Uint8Array): Uint8Array {
  return descriptors.map((byte) => ((byte & 0x55) << 1) | ((byte & 0xaa) >> 1));
}

function drawPairs(): Array<readonly [number, number, number, number]> {
  const random = mulberry32(20_261_125);
  const normal = (): number => deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const point = (): [number, number] => {
    for (;;) {
      const [x, y] = [normal(), normal()];
      // Rounding may move a rotated point by a pixel.
      if (Math.hypot(x, y) < patchRadius - 1) return [x, y];
    }
  };
  return Array.from({ length: descriptorBits / 2 }, () => {
    const [[x1, y1], [x2, y2]] = [point(), point()];
    return [[x1, y1, x2, y2] as const, [x1, -y1, x2, -y2] as const];
  }).flat();
}
