import type { Image } from '../../image/image.js';
import type { JobHandlers } from '../../inference/jobs.js';
import { lazy } from '../../inference/lazy.js';
import { contentRegions } from './content-regions.js';
import { cropRgb, shrinkRgb } from './crop-rgb.js';
import { loadEmbedder, type Embedder } from './embedding.js';
import { decodeFeatures } from './feature-codec.js';
import { extractFeatures, type LocalFeatures } from './local-features.js';
import { cropLuma, lumaOf, type Region } from './luma.js';
import { matchable, matchFeatures, type FeatureMatch } from './match-features.js';
import { dihedralHashes, minQuality, pdqMaxSide, pdqSpectrum } from './pdq.js';

/** For the index a picture is described once and for all, for a search in many ways. */
export type Purpose = 'index' | 'search';

/** The work of copy search that runs on inference threads. */
export type CopyJobs = {
  /** Hashes of the picture and, for a search, of parts of it; `quality` is PDQ's. */
  hashImage: { input: { image: Image; purpose: Purpose }; output: { quality: number; hashes: Uint8Array[][] } };
  findFeatures: { input: { image: Image; purpose: Purpose }; output: LocalFeatures };
  /** Embeddings of the picture and, for a search, of its mirror image. */
  embedImage: { input: { image: Image; purpose: Purpose }; output: Int8Array[] };
  /** Embeddings of parts of the picture that may be the picture it is a copy of. */
  embedParts: { input: { image: Image }; output: Int8Array[] };
  /** How the features lie in each of the stored pictures, whose features are packed. */
  matchFeatures: { input: { query: LocalFeatures; others: readonly Uint8Array[] }; output: FeatureMatch[] };
};

/**
 * A search looks closer: the picture may be a small part of what it is given. What the index keeps of a picture, 168 * 36
 * bytes, is what SQLite stores in a page and a half of 4096 bytes; a few features more would take two.
 */
export const extraction = {
  index: { side: 400, maxFeatures: 168 },
  search: { side: 640, maxFeatures: 500 },
} as const;

/** Longer side from which pictures are averaged down before parts are cut out for the network. */
const embeddingMaxSide = 512;

/** The network is loaded with the first image. */
export function loadCopyJobs(): JobHandlers<CopyJobs> {
  const loaded = lazy(loadEmbedder);
  return {
    async hashImage({ image, purpose }) {
      const luma = lumaOf(image, pdqMaxSide);
      const parts = purpose === 'index' ? [] : contentRegions(luma).map((region) => cropLuma(luma, region));
      const whole = pdqSpectrum(luma);
      const clear = parts.map(pdqSpectrum).filter(({ quality }) => quality >= minQuality);
      return { quality: whole.quality, hashes: [whole, ...clear].map(dihedralHashes) };
    },
    async findFeatures({ image, purpose }) {
      return extractFeatures(image, extraction[purpose]);
    },
    async embedImage({ image, purpose }) {
      const embedder = await loaded();
      const asItIs = await embedder.embed(image, false);
      return purpose === 'index' ? [asItIs] : [asItIs, await embedder.embed(image, true)];
    },
    embedParts: async ({ image }) => embedParts(await loaded(), image),
    async matchFeatures({ query, others }) {
      const both = matchable(query);
      return others.map((other) => matchFeatures(both, decodeFeatures(other)));
    },
  };
}

async function embedParts(embedder: Embedder, image: Image): Promise<Int8Array[]> {
  const small = shrinkRgb(image, embeddingMaxSide);
  const embeddings: Int8Array[] = [];
  for (const region of [...contentRegions(lumaOf(small, embeddingMaxSide)), ...fixedParts(small)]) {
    embeddings.push(await embedder.embed(cropRgb(small, region), false));
  }
  return embeddings;
}

/** Both halves along the longer side, and the middle: where a collage or a screenshot may hold the picture. */
function fixedParts({ width, height }: Image): Region[] {
  const isWide = width >= height;
  const [halfWidth, halfHeight] = isWide ? [Math.ceil(width / 2), height] : [width, Math.ceil(height / 2)];
  const [innerWidth, innerHeight] = [Math.ceil(width * 0.7), Math.ceil(height * 0.7)];
  return [
    { left: 0, top: 0, width: halfWidth, height: halfHeight },
    { left: width - halfWidth, top: height - halfHeight, width: halfWidth, height: halfHeight },
    { left: (width - innerWidth) >> 1, top: (height - innerHeight) >> 1, width: innerWidth, height: innerHeight },
  ];
}
