import type { ImageFingerprint, ImageIndex } from '../../image-index/image-index.js';
import type { Image } from '../../image/image.js';
import type { PixelRegion } from '../../image/pixel-region.js';
import type { WorkerPool } from '../../threads/worker-pool.js';
import type { Backbone, BackboneJobs } from '../backbone/backbone.js';
import type { CopyJobs } from './copy-jobs.js';
import { contentHashOf, type CopyQuery } from './copy-query.js';
import { minQuality } from './hash/pdq.js';
import { encodeDetails } from './local-features/details.js';

/** Dependencies of copy search. */
export interface CopyDependencies {
  readonly pool: WorkerPool<CopyJobs & BackboneJobs>;
  readonly backbone: Backbone;
  readonly index: ImageIndex;
}

type DescribeDependencies = Pick<CopyDependencies, 'pool' | 'backbone'>;

/**
 * An image with a PDQ quality below `minQuality` and fewer features than this has no content to compare: only a file of
 * the same bytes is a copy of it. Set by hand.
 */
const minFeatures = 20;

/** Computes the fingerprint of an image for the index. @param content bytes of its file */
export async function describeForIndex(
  { pool, backbone }: DescribeDependencies,
  image: Image,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<ImageFingerprint> {
  const input = { image, mode: 'index' } as const;
  const [{ quality, hashes }, details, [embedding]] = await Promise.all([
    pool.run('hashImage', input, signal),
    pool.run('findDetails', input, signal),
    backbone(image, signal).then((pass) => pool.run('embedMap', { map: pass.activationMap }, signal)),
  ]);
  const hash = hashes[0]?.[0];
  const hasContent = quality >= minQuality || details.features.count >= minFeatures;
  return {
    contentHash: contentHashOf(content),
    vectors: hasContent && hash !== undefined && embedding !== undefined ? { hash, embedding } : undefined,
    details: encodeDetails(details),
  };
}

/** Describes an image for a search. @param content bytes of its file */
export async function describeForSearch(
  { pool, backbone }: DescribeDependencies,
  image: Image,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<CopyQuery> {
  const input = { image, mode: 'search' } as const;
  // Jobs are queued in the order in which the search needs their results.
  const embeddingWhole = backbone(image, signal).then((pass) =>
    pool.run('embedMap', { map: pass.activationMap, isWide: image.width >= image.height }, signal),
  );
  const hashing = pool.run('hashImage', input, signal);
  const embedRegion = async (region: PixelRegion): Promise<Int8Array[]> => {
    const pass = await pool.run('runBackbone', { image, region }, signal);
    return pool.run('embedMap', { map: pass.activationMap }, signal);
  };
  const embeddingRegions = hashing.then(({ regions }) => Promise.all(regions.map(embedRegion)));
  const details = pool.run('findDetails', input, signal);
  const hasContent = async (): Promise<boolean> =>
    (await hashing).quality >= minQuality || (await details).features.count >= minFeatures;
  const embeddings = Promise.all([embeddingWhole, embeddingRegions]).then(async ([ofWhole, ofRegions]) =>
    (await hasContent()) ? [...ofWhole, ...ofRegions.flat()] : [],
  );
  // The search awaits these and handles their failure. Until then nothing does, and Node would report it as unhandled.
  for (const later of [embeddings, details]) later.catch(() => {});
  const { quality, hashes } = await hashing;
  return {
    contentHash: contentHashOf(content),
    hashable: quality >= minQuality,
    hashes,
    embeddings,
    featuresKept: 1,
    details,
  };
}
