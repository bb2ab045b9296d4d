import type { Proposal, StoredImage } from '../../image-index/image-index.js';
import type { CopyQuery } from './copy-query.js';
import type { CopyDependencies } from './describe-image.js';
import { hammingDistance } from './hash/pdq.js';
import type { DetailMatch } from './local-features/details.js';

/** A copy and what gave it away. */
export interface Copy {
  readonly image: StoredImage;
  /** 0 to 1. */
  readonly confidence: number;
  readonly evidence: Evidence;
}

export interface Evidence {
  readonly kind: 'same-file' | 'whole-image' | 'local-features';
  /** Bits of 256 between the hashes. */
  readonly hashDistance: number;
  /** How the query lies in the copy, as far as that is known. */
  readonly match: DetailMatch | undefined;
}

export interface FoundCopies {
  /** How many there are. */
  readonly count: number;
  /** The best of them, best first. */
  readonly copies: readonly Copy[];
}

/** Bits. Hashes that near are of the same picture: see docs/copy-search.md for where the limits come from. */
const maxHashDistance = 36;
/**
 * Local features that must agree: so many, and that part of those that should, but for a few. Two photos of different
 * things on the same floor, or on the same hanger, agree in one or two dozen features of a hundred and sixty; copies in
 * more.
 */
const minInliers = 5;
const minShare = 0.15;
const butFor = 3;
/**
 * What both show must look alike where they overlap: very much so when few features agree, which may be chance. With many,
 * something may be pasted over most of it.
 */
const minCorrelation = [
  { upTo: 9, correlation: 0.92 },
  { upTo: 19, correlation: 0.6 },
  { upTo: Infinity, correlation: 0.25 },
] as const;
/** Stored pictures that one thread compares at a stretch. */
const portion = 12;

/** A stored picture beside the query: what decides whether it is a copy. */
export interface Examined {
  readonly proposal: Proposal;
  readonly hashDistance: number;
  readonly match: DetailMatch | undefined;
}

/** Finds the copies of a picture in a folder. @param most how many of them are described */
export async function searchCopies(
  engine: CopyDependencies,
  query: CopyQuery,
  folder: string,
  most: number,
  signal: AbortSignal,
): Promise<FoundCopies> {
  const examined = await examineProposals(engine, query, folder, signal);
  const found = examined
    .map((one) => Object.assign(judge(query, one), { image: one.proposal.image }))
    .filter(({ confidence }) => confidence > 0)
    .toSorted((a, b) => b.confidence - a.confidence || a.image - b.image);
  const images = await engine.index.describe(
    found.slice(0, most).map(({ image }) => image),
    signal,
  );
  const copies = images.flatMap((image, at): Copy[] =>
    image === undefined ? [] : [Object.assign(found[at]!, { image })],
  );
  return { count: found.length, copies };
}

/** Lets the index propose pictures and compares each with the query. */
export async function examineProposals(
  engine: CopyDependencies,
  query: CopyQuery,
  folder: string,
  signal: AbortSignal,
): Promise<Examined[]> {
  const { contentHash } = query;
  const propose = (hashes: readonly Uint8Array[], embeddings: readonly Int8Array[]): Promise<readonly Proposal[]> =>
    engine.index.propose({ folder, contentHash, hashes, nearHash: maxHashDistance, embeddings }, signal);
  // By hash first: what is found is compared while the network still looks.
  const byHash = propose(query.hashable ? hashesToFind(query) : [], []);
  const byEmbedding = Promise.resolve(query.embeddings).then((embeddings) => propose([], embeddings));
  const others = Promise.all([byHash, byEmbedding]).then(([known, proposals]) => {
    const images = new Set(known.map(({ image }) => image));
    return proposals.filter(({ image }) => !images.has(image));
  });
  const examined = await Promise.all(
    [byHash, others].map(async (proposals) => compare(engine, query, await proposals, signal)),
  );
  return examined.flat();
}

/**
 * The index looks for four flips and for negatives itself: it needs each picture as it is and with its axes exchanged. Parts
 * are pictures in a page, which are upright.
 */
function hashesToFind({ hashes }: CopyQuery): Uint8Array[] {
  return hashes
    .flatMap((dihedral, part) => (part === 0 ? [dihedral[0], dihedral[4]] : [dihedral[0]]))
    .filter((hash) => hash !== undefined);
}

async function compare(
  { pool }: CopyDependencies,
  query: CopyQuery,
  proposals: readonly Proposal[],
  signal: AbortSignal,
): Promise<Examined[]> {
  const details = await query.details;
  const starts = Array.from({ length: Math.ceil(proposals.length / portion) }, (_, index) => index * portion);
  const portions = await Promise.all(
    starts.map((start) => {
      const others = proposals.slice(start, start + portion).map((proposal) => proposal.details);
      return pool.run('matchDetails', { query: details, others }, signal);
    }),
  );
  const matches = portions.flat();
  return proposals.map((proposal, at) => ({ proposal, hashDistance: distance(query, proposal), match: matches[at] }));
}

/** Whether the proposal is a copy, and how surely: 0 is no. */
export function judge(
  query: Pick<CopyQuery, 'hashable' | 'featuresKept'>,
  { proposal, hashDistance, match }: Examined,
): Pick<Copy, 'confidence' | 'evidence'> {
  const { inliers, visible, correlation } = match ?? { inliers: 0, visible: 0, correlation: 0 };
  const evidence = (kind: Evidence['kind']): Evidence => ({
    kind,
    hashDistance,
    match: inliers > 0 ? match : undefined,
  });
  if (proposal.sameFile) return { confidence: 1, evidence: evidence('same-file') };
  // Never 1: only the same file is sure.
  const byHash = query.hashable && hashDistance <= maxHashDistance ? 1 - (hashDistance + 1) / 256 : 0;
  const agree = inliers >= Math.max(minInliers, query.featuresKept * minShare * visible - butFor);
  const lookAlike = correlation >= (minCorrelation.find(({ upTo }) => inliers <= upTo)?.correlation ?? 1);
  const byFeatures = agree && lookAlike ? inliers / (inliers + 3) : 0;
  if (byHash >= byFeatures) return { confidence: byHash, evidence: evidence('whole-image') };
  return { confidence: byFeatures, evidence: evidence('local-features') };
}

/** The hash of the negative: what was brighter than the middle is darker. */
function inverted(hash: Uint8Array): Uint8Array {
  return hash.map((byte) => ~byte);
}

function distance(query: CopyQuery, { hash }: Proposal): number {
  if (hash.length === 0) return 256;
  const negative = inverted(hash);
  return query.hashes
    .flat()
    .reduce((least, other) => Math.min(least, hammingDistance(other, hash), hammingDistance(other, negative)), 256);
}
