/** What the owner of a corpus says about an image. Addresses are kept and given back, never visited. */
export interface ImageData {
  /** Name within the folder. */
  readonly id: string;
  readonly imageUrl: string;
  readonly pageUrl: string;
  readonly title: string;
  readonly description: string;
}

export interface StoredImage extends ImageData {
  /** When it was added, in milliseconds since 1970. */
  readonly createdMs: number;
}

/** What the index keeps of the looks of an image. What the bytes mean is the business of who computed them. */
export interface ImageFingerprint {
  /** Names the bytes of the file: 16 bytes. */
  readonly contentHash: Uint8Array;
  /** Proposes the image to searches. Undefined for an image in which there is nothing to see. */
  readonly vectors: Vectors | undefined;
  /** Decides about proposals. */
  readonly details: Uint8Array;
}

export interface Vectors {
  /** Perceptual hash: `hashBytes` bytes, compared by the bits that differ. */
  readonly hash: Uint8Array;
  /** Embedding: `embeddingBytes` signed bytes, compared by their dot product. */
  readonly embedding: Int8Array;
}

export const contentHashBytes = 16;
export const hashBytes = 32;
export const embeddingBytes = 256;
/** Version of the fingerprint. Another one gets tables of its own, so that old and new servers can share a store. */
export const fingerprintVersion = 2;

export interface NewImage extends ImageData {
  readonly folder: string;
  readonly fingerprint: ImageFingerprint;
}

export type AddOutcome = 'added' | 'replaced' | 'unchanged';

/** What to look for. */
export interface ProposalQuery {
  readonly folder: string;
  readonly contentHash: Uint8Array;
  /** Hashes of the image and of its other orientations; four flips of each are looked for as well. May be empty. */
  readonly hashes: readonly Uint8Array[];
  /** All images within that many bits of a hash are proposed, however many there are. */
  readonly nearHash: number;
  /** Embeddings of the image and of parts of it. */
  readonly embeddings: readonly Int8Array[];
}

/** An image that may be a copy. */
export interface Proposal {
  /** Number of the image in the store. */
  readonly image: number;
  /** Both files have the same bytes. */
  readonly sameFile: boolean;
  /** Empty where the image has no vectors. */
  readonly hash: Uint8Array;
  readonly details: Uint8Array;
}

export interface IndexStats {
  readonly images: number;
  /** Images without a fingerprint of the current version. */
  readonly outdated: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export interface ImagePage {
  readonly images: readonly StoredImage[];
  /** Where the next page begins; undefined after the last. */
  readonly next: number | undefined;
}

/** A corpus of images for every folder. What is acknowledged is on disk. */
export interface ImageIndex {
  /** Rejects when the store cannot be opened, with a sentence where the operator can help. */
  ready(): Promise<void>;
  /** Adds an image, or replaces the one of the same id. A search that begins afterwards finds it. */
  add(image: NewImage, signal: AbortSignal): Promise<AddOutcome>;
  get(folder: string, id: string, signal: AbortSignal): Promise<StoredImage | undefined>;
  /** @returns whether there was such an image */
  delete(folder: string, id: string, signal: AbortSignal): Promise<boolean>;
  /** Images in the order of their addition. @param from 0 or `next` of the page before */
  list(folder: string, from: number, count: number, signal: AbortSignal): Promise<ImagePage>;
  propose(query: ProposalQuery, signal: AbortSignal): Promise<readonly Proposal[]>;
  /** The images of these numbers, in their order; undefined for one that was deleted meanwhile. */
  describe(images: readonly number[], signal: AbortSignal): Promise<ReadonlyArray<StoredImage | undefined>>;
  stats(folder: string, signal: AbortSignal): Promise<IndexStats>;
  /** Gives the space of deleted images back. @returns bytes on disk now */
  compact(signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}
