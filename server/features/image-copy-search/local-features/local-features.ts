import { noCheckpoint, type Checkpoint } from '../../../threads/jobs.js';
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
  /** Length of a pixel in the level of the pyramid that the feature was found in. */
  readonly size: Float32Array;
  /** BRIEF descriptors, `descriptorBytes` each. */
  readonly descriptors: Uint8Array;
}

export interface ExtractionOptions {
  /** Longer side, in pixels, that the picture is resized to before features are extracted. */
  readonly side: number;
  readonly maxFeatures: number;
}

/** Factor between the sides of two levels of the pyramid. */
const pyramidStep = 1.25;
const maxLevels = 9;
/** Pictures are enlarged by no more than this: enlarging adds no content. */
const maxEnlargement = 2;
/** Thresholds of FAST, out of 255. The second is tried on pictures of little contrast. */
const thresholds = [12, 4];
/** Each level is a grid of so many cells per side. A cell may hold `crowding` times its even share of the features. */
const gridSide = 5;
const crowding = 2;
/** Candidates per wanted corner: the strongest by FAST, of which the best by Harris are kept. */
const candidatesPerCorner = 4;
/** Pixels at the edges that have no features. The descriptor needs the most room; Harris and FAST need less. */
const border = patchRadius + 1;

/** Half the width of a disc of `patchRadius` in every row, from the center. */
const discWidths = Array.from({ length: patchRadius + 1 }, (_, y) => Math.floor(Math.sqrt(patchRadius ** 2 - y ** 2)));

interface Corner {
  readonly at: number;
  readonly response: number;
}

/** A level of the pyramid. */
interface Level {
  readonly luma: Luma;
  /** Length of one of its pixels, over the longer side of the picture. */
  readonly pixel: number;
  /** Features it should contribute. */
  readonly share: number;
}

interface Feature {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly size: number;
  readonly descriptor: Uint8Array;
}

/**
 * Extracts ORB features (Rublee et al. 2011): FAST corners in a pyramid, the best by Harris, with rotated BRIEF
 * descriptors.
 */
export function extractFeatures(
  luma: Luma,
  { side, maxFeatures }: ExtractionOptions,
  checkpoint: Checkpoint = noCheckpoint,
): LocalFeatures {
  const features: Feature[] = [];
  let budget = 0;
  for (const level of pyramidOf(luma, side, maxFeatures)) {
    checkpoint();
    // A level with too few corners leaves the rest of its share to the next one.
    budget += level.share;
    const added = featuresOf(level, Math.min(Math.round(budget), maxFeatures - features.length));
    budget -= added.length;
    features.push(...added);
  }
  return inColumns(features);
}

/** The levels that are large enough for a feature, from the finest. Each is a resized version of the one before. */
function* pyramidOf(luma: Luma, side: number, maxFeatures: number): Generator<Level> {
  const longer = Math.max(luma.width, luma.height);
  let level = scaleLuma(luma, Math.min(maxEnlargement, side / longer));
  const unit = 1 / Math.max(level.width, level.height);
  // Shares fall with the sides of the levels, and add up to 1.
  const firstShare = (1 - 1 / pyramidStep) / (1 - pyramidStep ** -maxLevels);
  for (let index = 0, scale = 1; index < maxLevels; index++, scale *= pyramidStep) {
    if (Math.min(level.width, level.height) <= 2 * border) return;
    yield { luma: level, pixel: unit * scale, share: maxFeatures * firstShare * pyramidStep ** -index };
    level = scaleLuma(level, 1 / pyramidStep);
  }
}

/** The strongest corners of a level, described. */
function featuresOf({ luma, pixel }: Level, count: number): Feature[] {
  const { width } = luma;
  const gray = rounded(luma.data);
  const smooth = blurred(gray, width);
  const offsets = patternOffsets(width);
  return bestCorners(gray, luma, count).map((at) => {
    const angle = orientationAt(gray, width, at);
    return {
      x: ((at % width) + 0.5) * pixel,
      y: (Math.floor(at / width) + 0.5) * pixel,
      angle,
      size: pixel,
      descriptor: describe(smooth, at, angle, offsets),
    };
  });
}

function inColumns(features: readonly Feature[]): LocalFeatures {
  const column = (pick: (feature: Feature) => number): Float32Array => Float32Array.from(features, pick);
  const descriptors = new Uint8Array(descriptorBytes * features.length);
  for (const [index, { descriptor }] of features.entries()) descriptors.set(descriptor, index * descriptorBytes);
  return {
    count: features.length,
    x: column(({ x }) => x),
    y: column(({ y }) => y),
    angle: column(({ angle }) => angle),
    size: column(({ size }) => size),
    descriptors,
  };
}

function rounded(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index++) bytes[index] = values[index]! + 0.5;
  return bytes;
}

function scaleLuma(luma: Luma, scale: number): Luma {
  return resizeLuma(luma, Math.max(1, Math.round(luma.width * scale)), Math.max(1, Math.round(luma.height * scale)));
}

/** Positions of the strongest corners, spread over the picture. */
function bestCorners(gray: Uint8Array, { width, height }: Luma, count: number): number[] {
  let candidates: number[] = [];
  for (const threshold of thresholds) {
    candidates = fastCorners(gray, width, height, threshold, border);
    if (candidates.length >= count) break;
  }
  const corners = spread(candidates, { width, height }, candidatesPerCorner * count).map((at): Corner => ({
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

/** The first `count` of the positions, except those whose cell of the grid is full. */
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

/** Direction from the center of the disc around a corner to its centroid of brightness (Rosin 1999). */
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

/** The BRIEF descriptor of a corner, with the pattern rotated to its orientation. */
function describe(smooth: Uint8Array, at: number, angle: number, offsets: Int32Array): Uint8Array {
  const steps = Math.round((angle / (2 * Math.PI)) * orientations);
  let pair = ((steps + orientations) % orientations) * descriptorBits * 2;
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
