import type { Image } from '../../image/image.js';
import { oncePerImage, type ImageTask } from '../../image/once-per-image.js';
import type { PixelRegion } from '../../image/pixel-region.js';
import { oncePerPool } from '../../threads/once-per-pool.js';
import type { WorkerPool } from '../../threads/worker-pool.js';

/** One run of the moderation network on an image: its answer, and the features that it computed on the way. */
export interface BackbonePass {
  /** The last activation map, with values of 0..6. */
  readonly activationMap: ActivationMap;
  /** Probabilities of Drawing, Hentai, Neutral, Porn and Sexy, summing to 1. */
  readonly probabilities: Float32Array;
}

/** What the last convolution of the network puts out: a grid of cells with a vector of channels each. */
export interface ActivationMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** `height * width * channels` values, cell by cell, channels last. */
  readonly data: Float32Array;
}

/** Runs the network on an image, once for all features that need it. */
export type Backbone = ImageTask<BackbonePass>;

export type BackboneJobs = {
  /** Runs the network on an image, or on a region of it. */
  runBackbone: { input: { image: Image; region?: PixelRegion }; output: BackbonePass };
};

/** The backbone of a pool, which all features share. */
export const backboneOf = oncePerPool((pool: WorkerPool<BackboneJobs>): Backbone =>
  oncePerImage((image, signal) => pool.run('runBackbone', { image }, signal)),
);
