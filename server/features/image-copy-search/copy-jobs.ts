import type { Image } from '../../image/image.js';
import type { PixelRegion } from '../../image/pixel-region.js';
import { lazy } from '../../inference/lazy.js';
import type { JobHandlers } from '../../threads/jobs.js';
import type { ActivationMap } from '../backbone/backbone.js';
import { loadEmbedder } from './embedding.js';
import { dihedralHashes, minQuality, pdqMaxSide, pdqSpectrum } from './hash/pdq.js';
import { findDetails, matchDetails, type DetailMatch, type Details } from './local-features/details.js';
import { contentRegions } from './luma/content-regions.js';
import { cropLuma, lumaOf, type Luma } from './luma/luma.js';

/** For the index a picture is described once and for all, for a search in many ways. */
export type Purpose = 'index' | 'search';

/** The work of copy search that runs on inference threads. */
export type CopyJobs = {
  /** Hashes of the picture and, for a search, of parts that may be the picture it is a copy of; `quality` is PDQ's. */
  hashImage: {
    input: { image: Image; purpose: Purpose };
    output: { quality: number; hashes: Uint8Array[][]; parts: PixelRegion[] };
  };
  findDetails: { input: { image: Image; purpose: Purpose }; output: Details };
  /** Embeddings of a picture that the network saw: of the whole and, where its shape is told, of parts. */
  embedMap: { input: { map: ActivationMap; isWide?: boolean }; output: Int8Array[] };
  /** How the picture lies in each of the stored pictures, whose details are packed. */
  matchDetails: { input: { query: Details; others: readonly Uint8Array[] }; output: DetailMatch[] };
};

/**
 * A search looks closer: the picture may be a small part of what it is given. What the index keeps of a picture, 160 * 36
 * bytes of features and 291 of the thumbnail, is what SQLite stores in a page and a half of 4096 bytes; a few features
 * more would take two.
 */
export const extraction = {
  index: { side: 400, maxFeatures: 160, cells: 576 },
  search: { side: 640, maxFeatures: 500, cells: 2304 },
} as const;

/** The projection of embeddings is loaded with the first image. */
export function loadCopyJobs(): JobHandlers<CopyJobs> {
  const loaded = lazy(loadEmbedder);
  return {
    async hashImage({ image, purpose }) {
      const luma = lumaOf(image, pdqMaxSide);
      const regions = purpose === 'index' ? [] : contentRegions(luma);
      const whole = pdqSpectrum(luma);
      const clear = regions
        .map((region) => pdqSpectrum(cropLuma(luma, region)))
        .filter(({ quality }) => quality >= minQuality);
      const parts = regions.map((region) => inImage(region, luma, image));
      return { quality: whole.quality, hashes: [whole, ...clear].map(dihedralHashes), parts };
    },
    async findDetails({ image, purpose }) {
      return findDetails(image, extraction[purpose]);
    },
    async embedMap({ map, isWide }) {
      const embedder = await loaded();
      return [embedder.whole(map), ...(isWide === undefined ? [] : embedder.parts(map, isWide))];
    },
    async matchDetails({ query, others }) {
      return matchDetails(query, others);
    },
  };
}

/** The same part in pixels of the image that the luma is of. */
function inImage({ left, top, width, height }: PixelRegion, luma: Luma, image: Image): PixelRegion {
  const [x, y] = [image.width / luma.width, image.height / luma.height];
  return {
    left: Math.floor(left * x),
    top: Math.floor(top * y),
    width: Math.floor(width * x),
    height: Math.floor(height * y),
  };
}
