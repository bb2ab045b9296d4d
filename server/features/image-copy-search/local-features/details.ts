import type { Image } from '../../../image/image.js';
import { noCheckpoint, type Checkpoint } from '../../../threads/jobs.js';
import { lumaOf } from '../luma/luma.js';
import { decodeFeatures, encodeFeatures, featureBytes } from './feature-codec.js';
import { extractFeatures, type ExtractionOptions, type LocalFeatures } from './local-features.js';
import { matchable, matchFeatures, noMatch, type FeatureMatch } from './match-features.js';
import { correlation, decodeThumbnail, encodeThumbnail, thumbnailOf, type Thumbnail } from './thumbnail.js';

/** What candidates are verified with: the corners of a picture, and what it shows around them. */
export interface Details {
  readonly features: LocalFeatures;
  readonly thumbnail: Thumbnail;
}

export interface DetailOptions extends ExtractionOptions {
  /** Maximum number of cells of the thumbnail. */
  readonly maxCells: number;
}

/** How the details of two pictures agree. */
export interface DetailMatch extends FeatureMatch {
  /** Correlation of brightness where the pictures overlap, -1 to 1. 0 where no features agree. */
  readonly correlation: number;
}

export function findDetails(image: Image, options: DetailOptions, checkpoint: Checkpoint = noCheckpoint): Details {
  const luma = lumaOf(image, options.side);
  return { features: extractFeatures(luma, options, checkpoint), thumbnail: thumbnailOf(luma, options.maxCells) };
}

/** Encodes details: the thumbnail, then the features. */
export function encodeDetails({ features, thumbnail }: Details): Uint8Array {
  return Buffer.concat([encodeThumbnail(thumbnail), encodeFeatures(features)]);
}

/** Decodes what `encodeDetails` wrote; undefined for bytes that are not a thumbnail and whole features. */
export function decodeDetails(bytes: Uint8Array): Details | undefined {
  const decoded = decodeThumbnail(bytes);
  if (decoded === undefined || (bytes.length - decoded.length) % featureBytes !== 0) return undefined;
  return { thumbnail: decoded.thumbnail, features: decodeFeatures(bytes.subarray(decoded.length)) };
}

/** Matches a picture with stored ones, which are given by their encoded details. Unreadable details match nothing. */
export function matchDetails(
  { features, thumbnail }: Details,
  stored: readonly Uint8Array[],
  checkpoint: Checkpoint = noCheckpoint,
): DetailMatch[] {
  const query = matchable(features);
  return stored.map((bytes) => {
    checkpoint();
    const other = decodeDetails(bytes);
    if (other === undefined) return { ...noMatch, correlation: 0 };
    const match = matchFeatures(query, other.features);
    return { ...match, correlation: match.inliers === 0 ? 0 : correlation(thumbnail, other.thumbnail, match.map) };
  });
}
