import { createHash } from 'node:crypto';
import { contentHashBytes } from '../../image-index/image-index.js';
import type { Details } from './local-features/details.js';

/** The description of an image that a search for its copies needs. */
export interface CopyQuery {
  readonly contentHash: Uint8Array;
  /** Whether the image has enough content for its hash to mean something. */
  readonly hashable: boolean;
  /** Hashes of the image and of its content regions: 8 orientations each, as `dihedralHashes` returns them. */
  readonly hashes: ReadonlyArray<readonly Uint8Array[]>;
  /** Embeddings of the image and of its parts. The search begins while they are computed. */
  readonly embeddings: readonly Int8Array[] | Promise<readonly Int8Array[]>;
  /** Share of the local features that were kept, 0..1: a signature has no room for all of them. */
  readonly featuresKept: number;
  /** Needed last. */
  readonly details: Details | Promise<Details>;
}

/** Identifies a file by its bytes: the beginning of their SHA-256. */
export function contentHashOf(content: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(content).digest().subarray(0, contentHashBytes));
}
