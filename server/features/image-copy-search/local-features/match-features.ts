import { createKernel, pageBytes, type Kernel } from '../../../wasm/kernel.js';
import { descriptorBytes, mirrorDescriptors } from './brief-pattern.js';
import type { LocalFeatures } from './local-features.js';

/** How the query lies in the other picture, as far as their features agree. */
export interface FeatureMatch {
  /** Features that agree, no two at the same spot. */
  readonly inliers: number;
  /** Features of the other picture that the query should show, from where it lies and how large: a copy shows many of them. */
  readonly visible: number;
  readonly mirrored: boolean;
  /** Radians that the query has to be turned clockwise. */
  readonly rotation: number;
  /** Length in the other picture over length in the query, both in longer sides. */
  readonly scale: number;
  /** Brings points of the query onto those of the other picture. */
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

/** Bits of 256. Descriptors of the same spot are nearer than that, with few exceptions. */
const maxDistance = 72;
/** Two single features disagree by that much about rotation (radians) and scale (natural logarithm) and may still be right. */
const maxTurn = 0.5;
const maxStretch = 0.5;
/** Distance, in longer sides of the other picture, within which a feature is where it should be. */
const tolerance = 0.025;
/** Features in one cell of that size, in longer sides, count as one. */
const cell = 0.02;
const minInliers = 4;
/** Pairs of matches that are tried as the two points that fix rotation, scale and place. */
const maxPairs = 400;
/** Fewer when many matches agree: after so many over the square of their part both points were right (Fischler and Bolles 1981). */
const surety = 5;
/** Two points nearer than that, in longer sides, fix too little. */
const minBase = 0.04;

/** Most features of a picture. */
export const maxMatchable = 1024;
const kernel: Kernel = createKernel(Math.ceil(((2 * descriptorBytes + 4) * maxMatchable) / pageBytes));
const queryAt = 0;
const otherAt = maxMatchable * descriptorBytes;
const outAt = 2 * otherAt;

/** A feature of the query and its neighbor in the other picture. */
interface Pair {
  readonly qx: number;
  readonly qy: number;
  readonly x: number;
  readonly y: number;
  /** How far the query has to be turned, and enlarged (logarithm), by these two features alone. */
  readonly turn: number;
  readonly stretch: number;
}

/** Maps points: x' = a x + c y + e, y' = b x + d y + f. In longer sides of the pictures. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Adds the features of the mirror image, which cost nothing: descriptors are made for it. */
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

/** Matches a picture, as it is and mirrored, with another: mutual nearest neighbors that lie the same way to each other. */
export function matchFeatures({ plain, mirrored }: MatchableFeatures, other: LocalFeatures): FeatureMatch {
  const asIs = matchOrientation(plain, other, false);
  const flipped = matchOrientation(mirrored, other, true);
  return flipped.inliers > asIs.inliers ? flipped : asIs;
}

function matchOrientation(query: LocalFeatures, other: LocalFeatures, mirrored: boolean): FeatureMatch {
  const pairs = mutualNeighbors(query, other);
  let best = minInliers - 1;
  let transform: Affine | undefined;
  let map = noMatch.map;
  let tried = 0;
  let enough = maxPairs;
  for (let first = 0; first < pairs.length && tried < enough; first++) {
    const one = pairs[first]!;
    const friends = pairs.filter((pair) => agree(one, pair));
    if (friends.length <= best) continue;
    for (const two of friends) {
      const hypothesis = similarity(one, two);
      if (hypothesis === undefined) continue;
      if (++tried > enough) break;
      if (countInliers(friends, hypothesis) <= best) continue;
      const refined = fitAffine(friends.filter((pair) => isInlier(hypothesis, pair)));
      const [plain, fitted] = [spread(friends, hypothesis), refined === undefined ? 0 : spread(friends, refined)];
      const count = Math.max(plain, fitted);
      if (count <= best) continue;
      best = count;
      transform = hypothesis;
      map = refined !== undefined && fitted >= plain ? refined : hypothesis;
      enough = Math.min(maxPairs, surety * (pairs.length / count) ** 2);
    }
  }
  if (transform === undefined) return noMatch;
  const [a, b] = transform;
  return {
    inliers: best,
    visible: countVisible(query, other, transform),
    mirrored,
    rotation: Math.atan2(b, a),
    scale: Math.hypot(a, b),
    map: mirrored ? unmirrored(map) : map,
  };
}

/** The same map for points of the picture that was mirrored. */
function unmirrored([a, b, c, d, e, f]: Affine): Affine {
  return [-a, -b, c, d, e + a, f + b];
}

/** Features of the other picture that lie where the query has features, and are no finer than what it shows. */
function countVisible(query: LocalFeatures, other: LocalFeatures, [a, b, , , e, f]: Affine): number {
  const [left, right] = [
    query.x.reduce((least, x) => Math.min(least, x), 1),
    query.x.reduce((most, x) => Math.max(most, x), 0),
  ];
  const [top, bottom] = [
    query.y.reduce((least, y) => Math.min(least, y), 1),
    query.y.reduce((most, y) => Math.max(most, y), 0),
  ];
  const finest = query.size.reduce((least, size) => Math.min(least, size), 1);
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

function mutualNeighbors(query: LocalFeatures, other: LocalFeatures): Pair[] {
  const { buffer } = kernel.memory;
  new Uint8Array(buffer).set(query.descriptors, queryAt);
  new Uint8Array(buffer).set(other.descriptors, otherAt);
  kernel.nearest(otherAt, other.count, queryAt, query.count, outAt);
  const nearest = new Int32Array(buffer, outAt, other.count).slice();
  const back = new Int32Array(buffer, outAt, 1);
  const pairs: Array<{ distance: number; pair: Pair }> = [];
  for (let match = 0; match < other.count; match++) {
    const distance = nearest[match]! >> 16;
    if (distance < 0 || distance > maxDistance) continue;
    const index = nearest[match]! & 0xffff;
    kernel.nearest(queryAt + index * descriptorBytes, 1, otherAt, other.count, outAt);
    if ((back[0]! & 0xffff) !== match) continue;
    const pair = {
      qx: query.x[index]!,
      qy: query.y[index]!,
      x: other.x[match]!,
      y: other.y[match]!,
      turn: other.angle[match]! - query.angle[index]!,
      stretch: Math.log(other.size[match]! / query.size[index]!),
    };
    pairs.push({ distance, pair });
  }
  return pairs.toSorted((a, b) => a.distance - b.distance).map(({ pair }) => pair);
}

function agree(a: Pair, b: Pair): boolean {
  return Math.abs(a.stretch - b.stretch) < maxStretch && Math.abs(Math.sin((a.turn - b.turn) / 2)) < maxTurn / 2;
}

/** The turn, enlargement and shift that bring two points onto their partners, if it fits what the features say themselves. */
function similarity(one: Pair, two: Pair): Affine | undefined {
  const [qx, qy] = [two.qx - one.qx, two.qy - one.qy];
  const [x, y] = [two.x - one.x, two.y - one.y];
  const base = qx * qx + qy * qy;
  if (base < minBase ** 2) return undefined;
  const a = (qx * x + qy * y) / base;
  const b = (qx * y - qy * x) / base;
  const scale = Math.hypot(a, b);
  if (Math.abs(Math.log(scale) - one.stretch) > maxStretch) return undefined;
  if (Math.abs(Math.sin((Math.atan2(b, a) - one.turn) / 2)) > maxTurn / 2) return undefined;
  return [a, b, -b, a, one.x - a * one.qx + b * one.qy, one.y - b * one.qx - a * one.qy];
}

function isInlier([a, b, c, d, e, f]: Affine, { qx, qy, x, y }: Pair): boolean {
  return (a * qx + c * qy + e - x) ** 2 + (b * qx + d * qy + f - y) ** 2 < tolerance ** 2;
}

function countInliers(pairs: readonly Pair[], transform: Affine): number {
  let count = 0;
  for (const pair of pairs) if (isInlier(transform, pair)) count++;
  return count;
}

/** Cells of either picture, and in which count a feature was last seen there. */
const cellsASide = Math.ceil(1 / cell) + 1;
const here = new Int32Array(cellsASide ** 2);
const there = new Int32Array(cellsASide ** 2);
let counts = 0;

/** Inliers that are not at the same spot in either picture. */
function spread(pairs: readonly Pair[], transform: Affine): number {
  counts = (counts + 1) | 0;
  let count = 0;
  for (const pair of pairs) {
    if (!isInlier(transform, pair)) continue;
    const [from, to] = [cellOf(pair.qx, pair.qy), cellOf(pair.x, pair.y)];
    if (here[from] === counts || there[to] === counts) continue;
    here[from] = counts;
    there[to] = counts;
    count++;
  }
  return count;
}

function cellOf(x: number, y: number): number {
  return Math.floor(x / cell) * cellsASide + Math.floor(y / cell);
}

/** The affine map that fits best, by least squares; undefined where the points are too few or lie on a line. */
function fitAffine(pairs: readonly Pair[]): Affine | undefined {
  if (pairs.length < 4) return undefined;
  const count = pairs.length;
  const mean = (pick: (pair: Pair) => number): number => pairs.reduce((sum, pair) => sum + pick(pair), 0) / count;
  const [mqx, mqy, mx, my] = [mean(({ qx }) => qx), mean(({ qy }) => qy), mean(({ x }) => x), mean(({ y }) => y)];
  let [xx, xy, yy] = [0, 0, 0];
  let [xu, yu, xv, yv] = [0, 0, 0, 0];
  for (const pair of pairs) {
    const [qx, qy, u, v] = [pair.qx - mqx, pair.qy - mqy, pair.x - mx, pair.y - my];
    xx += qx * qx;
    xy += qx * qy;
    yy += qy * qy;
    xu += qx * u;
    yu += qy * u;
    xv += qx * v;
    yv += qy * v;
  }
  const determinant = xx * yy - xy * xy;
  if (determinant < 1e-6) return undefined;
  const a = (yy * xu - xy * yu) / determinant;
  const c = (xx * yu - xy * xu) / determinant;
  const b = (yy * xv - xy * yv) / determinant;
  const d = (xx * yv - xy * xv) / determinant;
  // A copy may be stretched, but not to a line, nor turned over.
  const area = a * d - b * c;
  if (area < 0.3 * (a * a + b * b) || area < 0.3 * (c * c + d * d)) return undefined;
  return [a, b, c, d, mx - a * mqx - c * mqy, my - b * mqx - d * mqy];
}
