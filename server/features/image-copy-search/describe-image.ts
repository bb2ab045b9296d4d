import type { ImageFingerprint, ImageIndex } from '../../image-index/image-index.js';
import type { Image } from '../../image/image.js';
import type { PixelRegion } from '../../image/pixel-region.js';
import type { WorkerPool } from '../../threads/worker-pool.js';
import type { Backbone, BackboneJobs } from '../backbone/backbone.js';
import type { CopyJobs } from './copy-jobs.js';
import { contentHashOf, type CopyQuery } from './copy-query.js';
import { minQuality } from './hash/pdq.js';
import { encodeDetails } from './local-features/details.js';

/** What copy search works with. */
export interface CopyDependencies {
  readonly pool: WorkerPool<CopyJobs & BackboneJobs>;
  readonly backbone: Backbone;
  readonly index: ImageIndex;
}

/** What describes images. */
type Describer = Pick<CopyDependencies, 'pool' | 'backbone'>;

/** A picture that has neither such a quality nor that many features shows nothing, and is known by its bytes alone. */
const minFeatures = 20;

/** Describes an image for the index. @param content bytes of its file */
export async function describeForIndex(
  { pool, backbone }: Describer,
  image: Image,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<ImageFingerprint> {
  const input = { image, purpose: 'index' } as const;
  const [{ quality, hashes }, details, [embedding]] = await Promise.all([
    pool.run('hashImage', input, signal),
    pool.run('findDetails', input, signal),
    backbone(image, signal).then((pass) => pool.run('embedMap', { map: pass.features }, signal)),
  ]);
  const hash = hashes[0]?.[0];
  const showsSomething = quality >= minQuality || details.features.count >= minFeatures;
  return {
    contentHash: contentHashOf(content),
    vectors: showsSomething && hash !== undefined && embedding !== undefined ? { hash, embedding } : undefined,
    details: encodeDetails(details),
  };
}

/** Describes an image for a search. @param content bytes of its file */
export async function describeForSearch(
  { pool, backbone }: Describer,
  image: Image,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<CopyQuery> {
  const input = { image, purpose: 'search' } as const;
  // In the order in which their results are needed.
  const whole = backbone(image, signal).then((pass) =>
    pool.run('embedMap', { map: pass.features, isWide: image.width >= image.height }, signal),
  );
  const hashing = pool.run('hashImage', input, signal);
  const embedPart = async (part: PixelRegion): Promise<Int8Array[]> => {
    const pass = await pool.run('runBackbone', { image, part }, signal);
    return pool.run('embedMap', { map: pass.features }, signal);
  };
  const inParts = hashing.then(({ parts }) => Promise.all(parts.map(embedPart)));
  const details = pool.run('findDetails', input, signal);
  const isFlat = async (): Promise<boolean> =>
    (await hashing).quality < minQuality && (await details).features.count < minFeatures;
  const embeddings = Promise.all([whole, inParts]).then(async ([ofWhole, ofParts]) =>
    (await isFlat()) ? [] : [...ofWhole, ...ofParts.flat()],
  );
  // Whoever needs them hears of their failure; until then nobody listens.
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
