import { mulberry32 } from './seeded-random.js';

/** Radius, in pixels, of the disc that a descriptor looks at. */
export const patchRadius = 15;
/** Orientations that descriptors are turned to. Mirroring maps them onto each other. */
export const orientations = 32;
/** Bits of a descriptor. */
export const descriptorBits = 256;
export const descriptorBytes = descriptorBits / 8;

/** Spread of the points that are compared, in pixels. */
const deviation = 6;

/**
 * The points that BRIEF compares (Calonder et al. 2010), drawn once and for all from a normal distribution; x runs along
 * the orientation of the feature. Bits 2k and 2k + 1 are mirror images of each other across that axis: the descriptors
 * of a mirrored picture are those of the picture with each two bits exchanged.
 */
const pairs: ReadonlyArray<readonly [x1: number, y1: number, x2: number, y2: number]> = drawPairs();

/** Columns and rows of both points of all bits, orientation by orientation. */
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

/** Offsets of both points of all bits in rows of `stride` pixels, orientation by orientation. */
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
      // Rounding may move a turned point by a pixel.
      if (Math.hypot(x, y) < patchRadius - 1) return [x, y];
    }
  };
  return Array.from({ length: descriptorBits / 2 }, () => {
    const [[x1, y1], [x2, y2]] = [point(), point()];
    return [[x1, y1, x2, y2] as const, [x1, -y1, x2, -y2] as const];
  }).flat();
}
