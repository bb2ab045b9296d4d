import type { Image } from '../../image/image.js';
import type { Descriptor, ImageIndex } from '../../index/image-index.js';
import type { WorkerPool } from '../../inference/worker-pool.js';
import type { CopyJobs } from './copy-jobs.js';
import { contentHashOf, type CopyQuery } from './copy-query.js';
import { encodeFeatures } from './feature-codec.js';
import { minQuality } from './pdq.js';

/** What copy search works with. */
export interface CopyEngine {
  readonly pool: WorkerPool<CopyJobs>;
  readonly index: ImageIndex;
}

/** A picture that has neither such a quality nor that many features shows nothing, and is known by its bytes alone. */
const minFeatures = 20;

/** Describes an image for the index. @param content bytes of its file */
export async function describeForIndex(pool: CopyEngine['pool'], image: Image, content: Uint8Array, signal: AbortSignal): Promise<Descriptor> {
  const input = { image, purpose: 'index' } as const;
  const [{ quality, hashes }, features, [embedding]] = await Promise.all([
    pool.run('hashImage', input, signal),
    pool.run('findFeatures', input, signal),
    pool.run('embedImage', input, signal),
  ]);
  const hash = hashes[0]?.[0];
  const showsSomething = quality >= minQuality || features.count >= minFeatures;
  return {
    contentHash: contentHashOf(content),
    vectors: showsSomething && hash !== undefined && embedding !== undefined ? { hash, embedding } : undefined,
    features: encodeFeatures(features),
  };
}

/** Describes an image for a search. @param content bytes of its file */
export async function describeForSearch(pool: CopyEngine['pool'], image: Image, content: Uint8Array, signal: AbortSignal): Promise<CopyQuery> {
  const input = { image, purpose: 'search' } as const;
  // In the order in which their results are needed, the longest of equals first.
  const parts = pool.run('embedParts', { image }, signal);
  const hashing = pool.run('hashImage', input, signal);
  const whole = pool.run('embedImage', input, signal);
  const features = pool.run('findFeatures', input, signal);
  // Whoever needs the features hears of their failure; until then nobody listens.
  features.catch(() => {});
  const [{ quality, hashes }, embeddings] = await Promise.all([hashing, Promise.all([whole, parts])]);
  const hashable = quality >= minQuality;
  const showsSomething = hashable || (await features).count >= minFeatures;
  return {
    contentHash: contentHashOf(content),
    hashable,
    hashes: showsSomething ? hashes : [],
    embeddings: showsSomething ? embeddings.flat() : [],
    features,
  };
}
