import { createHash } from 'node:crypto';
import { contentHashBytes } from '../../index/image-index.js';
import type { LocalFeatures } from './local-features.js';

/** Everything that a search for copies of an image needs. */
export interface CopyQuery {
  readonly contentHash: Uint8Array;
  /** Whether there is enough to see for hashes to mean something. */
  readonly hashable: boolean;
  /** Hashes of the image and of parts that may be the image within it: 8 orientations each, as it is first. */
  readonly hashes: ReadonlyArray<readonly Uint8Array[]>;
  /** Embeddings of the image and of parts. */
  readonly embeddings: readonly Int8Array[];
  /** They are needed last: a search begins before they are found. */
  readonly features: LocalFeatures | Promise<LocalFeatures>;
}

/** Names the bytes of a file. */
export function contentHashOf(content: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(content).digest().subarray(0, contentHashBytes));
}
