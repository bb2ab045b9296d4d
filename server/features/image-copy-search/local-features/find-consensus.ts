/** Maps points: x' = a x + c y + e, y' = b x + d y + f. In units of the pictures' longer sides. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** A feature of the query at (qx, qy), and its nearest neighbor in the other picture at (x, y). */
export interface Pair {
  readonly qx: number;
  readonly qy: number;
  readonly x: number;
  readonly y: number;
  /** Rotation (radians) and scale (natural logarithm) from query to other picture, by these two features alone. */
  readonly rotation: number;
  readonly logScale: number;
}

/** What most of the pairs agree on. */
export interface Consensus {
  /** Pairs that agree, no two at the same spot. */
  readonly inliers: number;
  /** Rotation, scale and translation, fixed by two of the pairs. */
  readonly similarity: Affine;
  /** The map with the most inliers: the similarity, or the affine map that fits its inliers. */
  readonly map: Affine;
}

// All constants were set by hand. `npm run bench:copies` measures what they achieve together.

/** Differences in rotation (radians) and scale (natural logarithm) at which two single features still agree. */
const maxRotationDifference = 0.5;
const maxScaleDifference = 0.5;
/** Distance between where a map puts a feature and its partner, in longer sides, below which the pair is an inlier. */
const inlierRadius = 0.025;
/** Inliers in one cell of this size, in longer sides, count once. */
const cellSize = 0.02;
const cellsPerSide = Math.ceil(1 / cellSize) + 1;
const minInliers = 4;
/** Maps that are tried, each fixed by two pairs. */
const maxAttempts = 400;
/**
 * Fewer are tried where many pairs agree: this factor times (pairs / inliers)^2, which is the expected number of
 * attempts until both pairs are inliers (Fischler and Bolles 1981).
 */
const earlyStopFactor = 5;
/** Distance, in longer sides, below which two points fix too little. */
const minBase = 0.04;
/** A copy may be squeezed to this ratio of one side to the other, and not be flipped: that is matched separately. */
const minAspect = 0.3;

/**
 * Finds the map that most pairs agree on, or undefined where fewer than `minInliers` agree. RANSAC (Fischler and Bolles
 * 1981), except that pairs of correspondences are tried in order, from the nearest descriptors on, instead of at
 * random.
 */
export function findConsensus(pairs: readonly Pair[]): Consensus | undefined {
  let best: Consensus | undefined;
  let attempts = 0;
  let allowedAttempts = maxAttempts;
  for (const first of pairs) {
    const compatiblePairs = pairs.filter((pair) => areCompatible(first, pair));
    if (compatiblePairs.length < inliersToBeat(best)) continue;
    for (const second of compatiblePairs) {
      const similarity = similarityOf(first, second);
      if (similarity === undefined) continue;
      if (++attempts > allowedAttempts) return best;
      const consensus = consensusOn(similarity, compatiblePairs, inliersToBeat(best));
      if (consensus === undefined) continue;
      best = consensus;
      allowedAttempts = Math.min(maxAttempts, earlyStopFactor * (pairs.length / best.inliers) ** 2);
    }
  }
  return best;
}

/** Inliers that a consensus needs to replace the best one so far. */
function inliersToBeat(best: Consensus | undefined): number {
  return best === undefined ? minInliers : best.inliers + 1;
}

/** The consensus of the pairs on a similarity, refined by all that agree with it; undefined where these are too few. */
function consensusOn(similarity: Affine, pairs: readonly Pair[], needed: number): Consensus | undefined {
  // An upper bound that is quick to compute: inliers at the same spot count too.
  if (countInliers(pairs, similarity) < needed) return undefined;
  const affine = fitAffine(pairs.filter((pair) => isInlier(similarity, pair)));
  const bySimilarity = countDistinctInliers(pairs, similarity);
  const byAffine = affine === undefined ? 0 : countDistinctInliers(pairs, affine);
  const inliers = Math.max(bySimilarity, byAffine);
  if (inliers < needed) return undefined;
  return { inliers, similarity, map: affine !== undefined && byAffine >= bySimilarity ? affine : similarity };
}

/** Whether two pairs agree on rotation and scale. */
function areCompatible(a: Pair, b: Pair): boolean {
  return (
    Math.abs(a.logScale - b.logScale) < maxScaleDifference &&
    Math.abs(Math.sin((a.rotation - b.rotation) / 2)) < maxRotationDifference / 2
  );
}

/**
 * The rotation, scale and translation that map two features onto their partners; undefined where they are too close to
 * each other, or contradict what the first pair says by itself.
 */
function similarityOf(first: Pair, second: Pair): Affine | undefined {
  const [qx, qy] = [second.qx - first.qx, second.qy - first.qy];
  const [x, y] = [second.x - first.x, second.y - first.y];
  const base = qx * qx + qy * qy;
  if (base < minBase ** 2) return undefined;
  const a = (qx * x + qy * y) / base;
  const b = (qx * y - qy * x) / base;
  const scale = Math.hypot(a, b);
  if (Math.abs(Math.log(scale) - first.logScale) > maxScaleDifference) return undefined;
  if (Math.abs(Math.sin((Math.atan2(b, a) - first.rotation) / 2)) > maxRotationDifference / 2) return undefined;
  return [a, b, -b, a, first.x - a * first.qx + b * first.qy, first.y - b * first.qx - a * first.qy];
}

function isInlier([a, b, c, d, e, f]: Affine, { qx, qy, x, y }: Pair): boolean {
  return (a * qx + c * qy + e - x) ** 2 + (b * qx + d * qy + f - y) ** 2 < inlierRadius ** 2;
}

function countInliers(pairs: readonly Pair[], map: Affine): number {
  let count = 0;
  for (const pair of pairs) if (isInlier(map, pair)) count++;
  return count;
}

/** Inliers no two of which are at the same spot in either picture. */
function countDistinctInliers(pairs: readonly Pair[], map: Affine): number {
  const queryCells = new Set<number>();
  const otherCells = new Set<number>();
  let count = 0;
  for (const pair of pairs) {
    if (!isInlier(map, pair)) continue;
    const [queryCell, otherCell] = [cellOf(pair.qx, pair.qy), cellOf(pair.x, pair.y)];
    if (queryCells.has(queryCell) || otherCells.has(otherCell)) continue;
    queryCells.add(queryCell);
    otherCells.add(otherCell);
    count++;
  }
  return count;
}

function cellOf(x: number, y: number): number {
  return Math.floor(x / cellSize) * cellsPerSide + Math.floor(y / cellSize);
}

/**
 * The affine map that fits pairs best by least squares; undefined where they are too few, on a line, or squeezed too
 * much.
 */
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
  const area = a * d - b * c;
  if (area < minAspect * (a * a + b * b) || area < minAspect * (c * c + d * d)) return undefined;
  return [a, b, c, d, mx - a * mqx - c * mqy, my - b * mqx - d * mqy];
}
