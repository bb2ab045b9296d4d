import type { Proposal, StoredImage } from '../../index/image-index.js';
import type { CopyQuery } from './copy-query.js';
import type { CopyEngine } from './describe-image.js';
import type { LocalFeatures } from './local-features.js';
import type { FeatureMatch } from './match-features.js';
import { hammingDistance } from './pdq.js';

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
  readonly match: FeatureMatch | undefined;
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
const minInliers = 6;
const minShare = 0.15;
const butFor = 2;
/** Stored pictures that one thread compares at a stretch. */
const portion = 12;

/** A stored picture beside the query: what decides whether it is a copy. */
export interface Examined {
  readonly proposal: Proposal;
  readonly hashDistance: number;
  readonly match: FeatureMatch | undefined;
}

/** Finds the copies of a picture in a folder. @param most how many of them are described */
export async function searchCopies(
  engine: CopyEngine,
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
  const images = await engine.index.describe(found.slice(0, most).map(({ image }) => image), signal);
  const copies = images.flatMap((image, at): Copy[] => (image === undefined ? [] : [Object.assign(found[at]!, { image })]));
  return { count: found.length, copies };
}

/** Lets the index propose pictures and compares each with the query. */
export async function examineProposals(
  { pool, index }: CopyEngine,
  query: CopyQuery,
  folder: string,
  signal: AbortSignal,
): Promise<Examined[]> {
  // The store looks for four flips and for negatives itself: it needs each picture as it is and with its axes exchanged.
  const hashes = query.hashable ? query.hashes.flatMap((dihedral) => [dihedral[0], dihedral[4]]).filter((hash) => hash !== undefined) : [];
  const { contentHash, embeddings } = query;
  const proposals = await index.propose({ folder, contentHash, hashes, nearHash: maxHashDistance, embeddings }, signal);
  const matches = await matchInPortions(pool, await query.features, proposals, signal);
  return proposals.map((proposal, at) => ({ proposal, hashDistance: distance(query, proposal), match: matches[at] }));
}

/** Whether the proposal is a copy, and how surely: 0 is no. */
export function judge(query: CopyQuery, { proposal, hashDistance, match }: Examined): Pick<Copy, 'confidence' | 'evidence'> {
  const inliers = match?.inliers ?? 0;
  const evidence = (kind: Evidence['kind']): Evidence => ({ kind, hashDistance, match: inliers > 0 ? match : undefined });
  if (proposal.sameFile) return { confidence: 1, evidence: evidence('same-file') };
  // Never 1: only the same file is sure.
  const byHash = query.hashable && hashDistance <= maxHashDistance ? 1 - (hashDistance + 1) / 256 : 0;
  const needed = Math.max(minInliers, minShare * (match?.visible ?? 0) - butFor);
  const byFeatures = inliers >= needed ? inliers / (inliers + 3) : 0;
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
  return query.hashes.flat().reduce((least, other) => Math.min(least, hammingDistance(other, hash), hammingDistance(other, negative)), 256);
}

async function matchInPortions(
  pool: CopyEngine['pool'],
  query: LocalFeatures,
  proposals: readonly Proposal[],
  signal: AbortSignal,
): Promise<FeatureMatch[]> {
  const starts = Array.from({ length: Math.ceil(proposals.length / portion) }, (_, index) => index * portion);
  const matches = await Promise.all(
    starts.map((start) => {
      const others = proposals.slice(start, start + portion).map((proposal) => proposal.features);
      return pool.run('matchFeatures', { query, others }, signal);
    }),
  );
  return matches.flat();
}
