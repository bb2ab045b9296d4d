import { createCopySearchKernel, pageBytes, type CopySearchKernel } from '../../../wasm/kernel.js';
import { descriptorBytes, mirrorDescriptors } from './brief-pattern.js';
import { findConsensus, type Affine, type Pair } from './find-consensus.js';
import type { LocalFeatures } from './local-features.js';

/** How the query lies in another picture, by the features that agree. */
export interface FeatureMatch {
  /** Features that agree, no two at the same spot. */
  readonly inliers: number;
  /**
   * Features of the other picture that the query should have, judging by its position and scale: a copy has many of
   * them.
   */
  readonly visible: number;
  readonly mirrored: boolean;
  /** Clockwise rotation of the query onto the other picture, in radians. */
  readonly rotation: number;
  /** Length in the other picture over length in the query, each in units of its longer side. */
  readonly scale: number;
  /** Maps points of the query onto those of the other picture. */
  readonly map: Affine;
}

/** Features of a picture and of its mirror image. */
export interface MatchableFeatures {
  readonly plain: LocalFeatures;
  readonly mirrored: LocalFeatures;
}

export const noMatch: FeatureMatch = {
  inliers: 0,
  visible: 0,
  mirrored: false,
  rotation: 0,
  scale: 1,
  map: [1, 0, 0, 1, 0, 0],
};

/** Bits of 256. Descriptors of the same spot differ in no more, with few exceptions. Set by hand. */
const maxDistance = 72;

/** Features of a picture that the kernel has room for. */
const maxMatchable = 1024;
const kernel: CopySearchKernel = createCopySearchKernel(
  Math.ceil(((2 * descriptorBytes + 4) * maxMatchable) / pageBytes),
);
// Addresses in the memory of the kernel.
const queryAt = 0;
const otherAt = maxMatchable * descriptorBytes;
const outAt = 2 * otherAt;

/** Adds the features of the mirror image, which cost nothing: descriptors are designed for it. */
export function matchable(plain: LocalFeatures): MatchableFeatures {
  return {
    plain,
    mirrored: {
      ...plain,
      x: plain.x.map((x) => 1 - x),
      angle: plain.angle.map((angle) => Math.PI - angle),
      descriptors: mirrorDescriptors(plain.descriptors),
    },
  };
}

/** Matches a picture, as it is and mirrored, with another: mutual nearest neighbors that agree on one map. */
export function matchFeatures({ plain, mirrored }: MatchableFeatures, other: LocalFeatures): FeatureMatch {
  const plainMatch = matchOrientation(plain, other, false);
  const mirroredMatch = matchOrientation(mirrored, other, true);
  return mirroredMatch.inliers > plainMatch.inliers ? mirroredMatch : plainMatch;
}

function matchOrientation(query: LocalFeatures, other: LocalFeatures, mirrored: boolean): FeatureMatch {
  const consensus = findConsensus(mutualNeighbors(query, other));
  if (consensus === undefined) return noMatch;
  const { inliers, similarity, map } = consensus;
  const [a, b] = similarity;
  return {
    inliers,
    visible: countVisible(query, other, similarity),
    mirrored,
    rotation: Math.atan2(b, a),
    scale: Math.hypot(a, b),
    map: mirrored ? unmirrored(map) : map,
  };
}

/** A map of the mirrored query as one of the query itself. */
function unmirrored([a, b, c, d, e, f]: Affine): Affine {
  return [-a, -b, c, d, e + a, f + b];
}

/** Features of the other picture within the part that the query covers, and no finer than the query's finest. */
function countVisible(query: LocalFeatures, other: LocalFeatures, [a, b, , , e, f]: Affine): number {
  const left = query.x.reduce((min, x) => Math.min(min, x), 1);
  const right = query.x.reduce((max, x) => Math.max(max, x), 0);
  const top = query.y.reduce((min, y) => Math.min(min, y), 1);
  const bottom = query.y.reduce((max, y) => Math.max(max, y), 0);
  const finest = query.size.reduce((min, size) => Math.min(min, size), 1);
  const area = a * a + b * b;
  const scale = Math.sqrt(area);
  let count = 0;
  for (let index = 0; index < other.count; index++) {
    const [x, y] = [other.x[index]! - e, other.y[index]! - f];
    const [qx, qy] = [(a * x + b * y) / area, (a * y - b * x) / area];
    if (qx >= left && qx <= right && qy >= top && qy <= bottom && other.size[index]! / scale >= finest) count++;
  }
  return count;
}

/** Pairs of features that are each other's nearest neighbor by descriptor, the nearest first. */
function mutualNeighbors(query: LocalFeatures, other: LocalFeatures): Pair[] {
  const { buffer } = kernel.memory;
  new Uint8Array(buffer).set(query.descriptors, queryAt);
  new Uint8Array(buffer).set(other.descriptors, otherAt);
  kernel.matchNearest(otherAt, other.count, queryAt, query.count, outAt);
  const nearest = new Int32Array(buffer, outAt, other.count).slice();
  const nearestBack = new Int32Array(buffer, outAt, 1);
  const pairs: Array<{ distance: number; pair: Pair }> = [];
  for (let to = 0; to < other.count; to++) {
    const distance = nearest[to]! >> 16;
    if (distance < 0 || distance > maxDistance) continue;
    const from = nearest[to]! & 0xffff;
    kernel.matchNearest(queryAt + from * descriptorBytes, 1, otherAt, other.count, outAt);
    if ((nearestBack[0]! & 0xffff) !== to) continue;
    const pair = {
      qx: query.x[from]!,
      qy: query.y[from]!,
      x: other.x[to]!,
      y: other.y[to]!,
      rotation: other.angle[to]! - query.angle[from]!,
      logScale: Math.log(other.size[to]! / query.size[from]!),
    };
    pairs.push({ distance, pair });
  }
  return pairs.toSorted((a, b) => a.distance - b.distance).map(({ pair }) => pair);
}
