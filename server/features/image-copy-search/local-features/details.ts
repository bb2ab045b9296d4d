import type { Image } from '../../../image/image.js';
import { lumaOf } from '../luma/luma.js';
import { decodeFeatures, encodeFeatures, featureBytes } from './feature-codec.js';
import { extractFeatures, type ExtractionOptions, type LocalFeatures } from './local-features.js';
import { matchable, matchFeatures, noMatch, type FeatureMatch } from './match-features.js';
import { correlation, decodeThumbnail, encodeThumbnail, thumbnailOf, type Thumbnail } from './thumbnail.js';

/** What decides whether a proposal is a copy: where its corners are, and what it shows around them. */
export interface Details {
  readonly features: LocalFeatures;
  readonly thumbnail: Thumbnail;
}

export interface DetailOptions extends ExtractionOptions {
  /** Most cells of the thumbnail. */
  readonly cells: number;
}

/** How the details of two pictures agree. */
export interface DetailMatch extends FeatureMatch {
  /** Of brightness, where the pictures overlap: -1 to 1. 0 where no features agree. */
  readonly correlation: number;
}

export function findDetails(image: Image, options: DetailOptions): Details {
  const luma = lumaOf(image, options.side);
  return { features: extractFeatures(luma, options), thumbnail: thumbnailOf(luma, options.cells) };
}

/** Packs details: the thumbnail, and the features behind it. */
export function encodeDetails({ features, thumbnail }: Details): Uint8Array {
  return Buffer.concat([encodeThumbnail(thumbnail), encodeFeatures(features)]);
}

/** Reads what `encodeDetails` wrote; undefined where the bytes are no thumbnail and whole features. */
export function decodeDetails(bytes: Uint8Array): Details | undefined {
  const read = decodeThumbnail(bytes);
  if (read === undefined || (bytes.length - read.length) % featureBytes !== 0) return undefined;
  return { thumbnail: read.thumbnail, features: decodeFeatures(bytes.subarray(read.length)) };
}

/** Matches a picture with others, whose details are packed. */
export function matchDetails({ features, thumbnail }: Details, others: readonly Uint8Array[]): DetailMatch[] {
  const both = matchable(features);
  return others.map((bytes) => {
    const other = decodeDetails(bytes);
    if (other === undefined) return { ...noMatch, correlation: 0 };
    const match = matchFeatures(both, other.features);
    return { ...match, correlation: match.inliers === 0 ? 0 : correlation(thumbnail, other.thumbnail, match.map) };
  });
}
