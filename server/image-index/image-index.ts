/** What an operator says about an image. Addresses are stored and returned, never fetched. */
export interface ImageData {
  /** Unique within the folder. */
  readonly id: string;
  readonly imageUrl: string;
  readonly pageUrl: string;
  readonly title: string;
  readonly description: string;
}

export interface StoredImage extends ImageData {
  /** Time of the addition, in milliseconds since 1970. */
  readonly createdMs: number;
}

/** What the index stores of what an image looks like. It does not interpret the bytes: whoever computed them does. */
export interface ImageFingerprint {
  /** Identifies the file by its bytes: `contentHashBytes` bytes. */
  readonly contentHash: Uint8Array;
  /** What searches retrieve the image by. Undefined for an image without content to compare. */
  readonly vectors: Vectors | undefined;
  /** What candidates are verified with. */
  readonly details: Uint8Array;
}

export interface Vectors {
  /** Perceptual hash: `hashBytes` bytes, compared by Hamming distance. */
  readonly hash: Uint8Array;
  /** Embedding: `embeddingBytes` signed bytes, compared by dot product. */
  readonly embedding: Int8Array;
}

export const contentHashBytes = 16;
export const hashBytes = 32;
export const embeddingBytes = 256;
/** Version of the fingerprint. Every version has its own tables, so that old and new servers can share a store. */
export const fingerprintVersion = 2;

export interface NewImage extends ImageData {
  readonly folder: string;
  readonly fingerprint: ImageFingerprint;
}

export type AddOutcome = 'added' | 'replaced' | 'unchanged';

/** What candidates are retrieved by. */
export interface CandidateQuery {
  readonly folder: string;
  readonly contentHash: Uint8Array;
  /**
   * Hashes of the image, in orientations that no flip leads to, and of its parts. All four flips of each are searched
   * for.
   */
  readonly hashes: readonly Uint8Array[];
  /** All images within so many bits of a hash are candidates, however many there are. */
  readonly maxHashDistance: number;
  /** Embeddings of the image and of its parts. */
  readonly embeddings: readonly Int8Array[];
}

/** A stored image that may be a copy of the query. */
export interface Candidate {
  /** Number of the image in the store. */
  readonly image: number;
  /** Whether both files have the same bytes. */
  readonly sameFile: boolean;
  /** Empty where the image has no vectors. */
  readonly hash: Uint8Array;
  /** Empty where the image has none, or where there are too many candidates to read them. */
  readonly details: Uint8Array;
}

export interface IndexStats {
  readonly images: number;
  /** Images without a fingerprint of the current version. */
  readonly outdated: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** What an index holds in memory, over all folders. */
export interface IndexTotals {
  /** Those with content to compare. */
  readonly images: number;
  readonly memoryBytes: number;
}

export interface ImagePage {
  readonly images: readonly StoredImage[];
  /** Start of the next page; undefined after the last. */
  readonly next: number | undefined;
}

/** The corpora of all folders, one each, and what searches them. Acknowledged writes are on disk. */
export interface ImageIndex {
  /** Rejects where the store cannot be opened, with a message for the operator if there is something to do. */
  ready(): Promise<void>;
  /** Adds an image, or replaces the one of the same id. Searches that begin afterward find it. */
  add(image: NewImage, signal: AbortSignal): Promise<AddOutcome>;
  get(folder: string, id: string, signal: AbortSignal): Promise<StoredImage | undefined>;
  /** @returns whether the image existed */
  delete(folder: string, id: string, signal: AbortSignal): Promise<boolean>;
  /** Lists images in the order of their addition. @param from 0, or `next` of the previous page */
  list(folder: string, from: number, count: number, signal: AbortSignal): Promise<ImagePage>;
  /** Retrieves the images that may be copies of the query. */
  findCandidates(query: CandidateQuery, signal: AbortSignal): Promise<readonly Candidate[]>;
  /** The images with these numbers, in the same order; undefined for those that were deleted meanwhile. */
  getMany(images: readonly number[], signal: AbortSignal): Promise<ReadonlyArray<StoredImage | undefined>>;
  stats(folder: string, signal: AbortSignal): Promise<IndexStats>;
  totals(signal: AbortSignal): Promise<IndexTotals>;
  /** Reclaims the space of deleted images. @returns bytes on disk afterward */
  compact(signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}
