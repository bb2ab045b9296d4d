import type { Problem } from './errors.js';

/** A feature in the JSON form of the API. */
export interface FeatureRequest {
  readonly type: 'TEXT_DETECTION' | 'CLASSIFICATION' | 'FACE_DETECTION' | 'IMAGE_COPY_SEARCH';
  readonly textDetectionConfig?: { readonly languageCodes: readonly string[]; readonly model: string };
  readonly classificationConfig?: { readonly model: string };
}

/** An image and the features to run on it. */
export interface ImageRequest {
  readonly content: Uint8Array;
  readonly features: readonly FeatureRequest[];
}

/** What the server says about one feature. */
export interface FeatureAnswer {
  readonly error: Problem | undefined;
  /** The FeatureResult in the JSON form of the API. */
  readonly result: unknown;
}

/** What the server says about one image. */
export interface ImageAnswer {
  readonly error: Problem | undefined;
  /** One per feature, in the order of the request. Empty if the file failed. */
  readonly features: readonly FeatureAnswer[];
}

/** Limits of one attempt of a call. */
export interface Attempt {
  /** Milliseconds until it fails with DEADLINE_EXCEEDED. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** A way to the server. */
export interface Transport {
  /**
   * Calls BatchAnalyze once.
   * @returns one answer per image, in order
   * @throws VisionCallError if the call fails, or the reason of the signal
   */
  batchAnalyze(images: readonly ImageRequest[], folderId: string, attempt: Attempt): Promise<ImageAnswer[]>;
  /** Closes its connections. */
  close(): void;
}
