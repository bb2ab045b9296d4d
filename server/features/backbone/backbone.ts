import type { Image } from '../../image/image.js';
import { oncePerImage, type ImageTask } from '../../image/once-per-image.js';
import type { PixelRegion } from '../../image/pixel-region.js';
import { oncePerPool } from '../../threads/once-per-pool.js';
import type { WorkerPool } from '../../threads/worker-pool.js';

/** What the moderation network says of an image, and what it saw on the way. */
export interface BackbonePass {
  /** The last activation map, channels last: `height * width * channels` values of 0..6. */
  readonly features: ActivationMap;
  /** Probabilities of Drawing, Hentai, Neutral, Porn and Sexy, summing to 1. */
  readonly probabilities: Float32Array;
}

export interface ActivationMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/** Runs the network over an image, once for all features that want it. */
export type Backbone = ImageTask<BackbonePass>;

export type BackboneJobs = {
  /** The network sees the image, or the part of it that is named. */
  runBackbone: { input: { image: Image; part?: PixelRegion }; output: BackbonePass };
};

/** The backbone of a pool, the same for all features. */
export const backboneOf = oncePerPool((pool: WorkerPool<BackboneJobs>): Backbone =>
  oncePerImage((image, signal) => pool.run('runBackbone', { image }, signal)),
);
