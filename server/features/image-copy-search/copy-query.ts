import { createHash } from 'node:crypto';
import { contentHashBytes } from '../../image-index/image-index.js';
import type { Details } from './local-features/details.js';

/** Everything that a search for copies of an image needs. */
export interface CopyQuery {
  readonly contentHash: Uint8Array;
  /** Whether there is enough to see for hashes to mean something. */
  readonly hashable: boolean;
  /** Hashes of the image and of parts that may be the image within it: 8 orientations each, as it is first. */
  readonly hashes: ReadonlyArray<readonly Uint8Array[]>;
  /** Embeddings of the image and of parts. A search begins before they are there. */
  readonly embeddings: readonly Int8Array[] | Promise<readonly Int8Array[]>;
  /** Part of the features that are left: a signature has no room for all. */
  readonly featuresKept: number;
  /** They are needed last. */
  readonly details: Details | Promise<Details>;
}

/** Names the bytes of a file. */
export function contentHashOf(content: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(content).digest().subarray(0, contentHashBytes));
}
