import type { Image } from '../../image/image.js';
import type { PixelRegion } from '../../image/pixel-region.js';
import { lazy } from '../../inference/lazy.js';
import { noCheckpoint, type JobHandlers } from '../../threads/jobs.js';
import type { ActivationMap } from '../backbone/backbone.js';
import { loadEmbedder } from './embedding.js';
import { dihedralHashes, minQuality, pdqMaxSide, pdqSpectrum } from './hash/pdq.js';
import { findDetails, matchDetails, type DetailMatch, type Details } from './local-features/details.js';
import { contentRegions } from './luma/content-regions.js';
import { cropLuma, lumaOf, type Luma } from './luma/luma.js';

/** What an image is described for. A search describes it in more ways than the index stores. */
export type DescribeMode = 'index' | 'search';

/** The jobs of copy search that run on inference threads. */
export type CopyJobs = {
  /**
   * PDQ hashes of the image, 8 orientations each. For a search also the regions that may hold the picture that the
   * image is a copy of, and the hashes of those that have enough content. `quality` is PDQ's, 0 to 100.
   */
  hashImage: {
    input: { image: Image; mode: DescribeMode };
    output: { quality: number; hashes: Uint8Array[][]; regions: PixelRegion[] };
  };
  findDetails: { input: { image: Image; mode: DescribeMode }; output: Details };
  /**
   * Embeddings from an activation map: of the whole image and, where `isWide` is given, of its halves and its middle.
   */
  embedMap: { input: { map: ActivationMap; isWide?: boolean }; output: Int8Array[] };
  /** Matches the query with stored images, given by their encoded details. */
  matchDetails: { input: { query: Details; stored: readonly Uint8Array[] }; output: DetailMatch[] };
};

/**
 * A search extracts more features, since the picture may be a small part of its image. What the index stores of an
 * image, 160 features of 36 bytes and a thumbnail of 291 bytes, fills a page and a half of SQLite (4096 bytes each); a
 * few more features would take two pages.
 */
export const extractionOptions = {
  index: { side: 400, maxFeatures: 160, maxCells: 576 },
  search: { side: 640, maxFeatures: 500, maxCells: 2304 },
} as const;

/** The projection of the embeddings is loaded with the first image. */
export function loadCopyJobs(): JobHandlers<CopyJobs> {
  const loaded = lazy(loadEmbedder);
  return {
    async hashImage({ image, mode }, checkpoint = noCheckpoint) {
      const luma = lumaOf(image, pdqMaxSide);
      checkpoint();
      const regions = mode === 'index' ? [] : contentRegions(luma);
      const whole = pdqSpectrum(luma);
      const hashable = regions
        .map((region) => {
          checkpoint();
          return pdqSpectrum(cropLuma(luma, region));
        })
        .filter(({ quality }) => quality >= minQuality);
      return {
        quality: whole.quality,
        hashes: [whole, ...hashable].map(dihedralHashes),
        regions: regions.map((region) => scaleToImage(region, luma, image)),
      };
    },
    async findDetails({ image, mode }, checkpoint) {
      return findDetails(image, extractionOptions[mode], checkpoint);
    },
    async embedMap({ map, isWide }) {
      const embedder = await loaded();
      return [embedder.whole(map), ...(isWide === undefined ? [] : embedder.parts(map, isWide))];
    },
    async matchDetails({ query, stored }, checkpoint) {
      return matchDetails(query, stored, checkpoint);
    },
  };
}

/** A region of a luma plane, in pixels of the image that the plane was computed from. */
function scaleToImage({ left, top, width, height }: PixelRegion, luma: Luma, image: Image): PixelRegion {
  const [x, y] = [image.width / luma.width, image.height / luma.height];
  return {
    left: Math.floor(left * x),
    top: Math.floor(top * y),
    width: Math.floor(width * x),
    height: Math.floor(height * y),
  };
}
