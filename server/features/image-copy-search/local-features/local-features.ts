import { blurred } from '../luma/blurred.js';
import type { Luma } from '../luma/luma.js';
import { resizeLuma } from '../luma/resize-luma.js';
import { descriptorBits, descriptorBytes, orientations, patchRadius, patternOffsets } from './brief-pattern.js';
import { fastCorners, harrisResponse } from './fast-corners.js';

/** Corners of a picture that are found again in its copies. Lengths are fractions of the picture's longer side. */
export interface LocalFeatures {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Orientation in radians, clockwise from the right as the picture is seen. */
  readonly angle: Float32Array;
  /** Level of the pyramid, as the length of a pixel there. */
  readonly size: Float32Array;
  /** `descriptorBytes` each. */
  readonly descriptors: Uint8Array;
}

export interface ExtractionOptions {
  /** Longer side of the picture, in pixels, in which features are looked for. */
  readonly side: number;
  readonly maxFeatures: number;
}

const pyramidStep = 1.25;
const maxLevels = 9;
/** Pictures are enlarged no further than that: there is nothing new to see. */
const maxEnlargement = 2;
/** Steps of brightness out of 255. The second look is for pictures of little contrast. */
const thresholds = [12, 4];
/** A level is divided into so many cells a side, and a cell may hold `crowding` times its share of the features. */
const gridSide = 5;
const crowding = 2;
/** So many times as many corners as are wanted are the clearest by FAST; the best of these by Harris stay. */
const likely = 4;
/** Harris' window and FAST's circle need less room than the descriptor. */
const border = patchRadius + 1;

/** Half the width of a disc of `patchRadius` in every row, from the center. */
const discWidths = Array.from({ length: patchRadius + 1 }, (_, y) => Math.floor(Math.sqrt(patchRadius ** 2 - y ** 2)));

interface Corner {
  readonly at: number;
  readonly response: number;
}

/** Features by ORB (Rublee et al. 2011): FAST corners in a pyramid, the best by Harris, turned BRIEF descriptors. */
export function extractFeatures(luma: Luma, { side, maxFeatures }: ExtractionOptions): LocalFeatures {
  const longer = Math.max(luma.width, luma.height);
  let level = scaleLuma(luma, Math.min(maxEnlargement, side / longer));
  const unit = 1 / Math.max(level.width, level.height);
  const share = (1 - 1 / pyramidStep) / (1 - pyramidStep ** -maxLevels);
  const found: Float32Array[] = [];
  const descriptors: Uint8Array[] = [];
  let owed = 0;
  for (let index = 0, scale = 1; index < maxLevels; index++, scale *= pyramidStep) {
    // A level that has too few corners leaves its share to the next.
    owed += maxFeatures * share * pyramidStep ** -index;
    if (Math.min(level.width, level.height) <= 2 * border) break;
    const gray = rounded(level.data);
    const corners = bestCorners(gray, level, Math.min(Math.round(owed), maxFeatures - found.length));
    owed -= corners.length;
    const pixel = unit * (longer === 0 ? 1 : scale);
    const smooth = blurred(gray, level.width);
    const offsets = patternOffsets(level.width);
    for (const at of corners) {
      const angle = orientationAt(gray, level.width, at);
      found.push(
        Float32Array.of(((at % level.width) + 0.5) * pixel, (Math.floor(at / level.width) + 0.5) * pixel, angle, pixel),
      );
      descriptors.push(describe(smooth, at, angle, offsets));
    }
    level = scaleLuma(level, 1 / pyramidStep);
  }
  const column = (index: number): Float32Array => Float32Array.from(found, (feature) => feature[index]!);
  const joined = new Uint8Array(descriptorBytes * found.length);
  for (const [index, descriptor] of descriptors.entries()) joined.set(descriptor, index * descriptorBytes);
  return { count: found.length, x: column(0), y: column(1), angle: column(2), size: column(3), descriptors: joined };
}

function rounded(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index++) bytes[index] = values[index]! + 0.5;
  return bytes;
}

function scaleLuma(luma: Luma, scale: number): Luma {
  return resizeLuma(luma, Math.max(1, Math.round(luma.width * scale)), Math.max(1, Math.round(luma.height * scale)));
}

/** The strongest corners, spread over the picture. */
function bestCorners(gray: Uint8Array, { width, height }: Luma, count: number): number[] {
  let candidates: number[] = [];
  for (const threshold of thresholds) {
    candidates = fastCorners(gray, width, height, threshold, border);
    if (candidates.length >= count) break;
  }
  const corners = spread(candidates, { width, height }, likely * count).map((at): Corner => ({
    at,
    response: harrisResponse(gray, width, at),
  }));
  corners.sort((a, b) => b.response - a.response);
  return spread(
    corners.map(({ at }) => at),
    { width, height },
    count,
  );
}

/** The first of the positions, as long as their part of the picture has room. */
function spread(
  positions: readonly number[],
  { width, height }: Pick<Luma, 'width' | 'height'>,
  count: number,
): number[] {
  const room = new Int32Array(gridSide * gridSide).fill(Math.ceil((crowding * count) / gridSide ** 2));
  const chosen: number[] = [];
  for (const at of positions) {
    if (chosen.length >= count) break;
    const cell =
      Math.floor((gridSide * Math.floor(at / width)) / height) * gridSide +
      Math.floor((gridSide * (at % width)) / width);
    if (room[cell]!-- > 0) chosen.push(at);
  }
  return chosen;
}

/** Direction from the center of the disc to its center of brightness (Rosin 1999). */
function orientationAt(gray: Uint8Array, width: number, at: number): number {
  let x = 0;
  let y = 0;
  for (let dy = -patchRadius; dy <= patchRadius; dy++) {
    const reach = discWidths[Math.abs(dy)]!;
    let sum = 0;
    for (let dx = -reach, p = at + dy * width - reach; dx <= reach; dx++, p++) {
      const value = gray[p]!;
      x += dx * value;
      sum += value;
    }
    y += dy * sum;
  }
  return Math.atan2(y, x);
}

function describe(smooth: Uint8Array, at: number, angle: number, offsets: Int32Array): Uint8Array {
  const turns = Math.round((angle / (2 * Math.PI)) * orientations);
  let pair = ((turns + orientations) % orientations) * descriptorBits * 2;
  const descriptor = new Uint8Array(descriptorBytes);
  for (let byte = 0; byte < descriptorBytes; byte++) {
    let bits = 0;
    for (let bit = 0; bit < 8; bit++, pair += 2) {
      if (smooth[at + offsets[pair]!]! < smooth[at + offsets[pair + 1]!]!) bits |= 1 << bit;
    }
    descriptor[byte] = bits;
  }
  return descriptor;
}
