import type { Image } from '../../image/image.js';
import { oncePerImage, type ImageTask } from '../../image/once-per-image.js';
import { cropImage, resizeRgb } from '../../image/resize.js';
import { convertedModels } from '../../inference/converted-models.js';
import { lazy } from '../../inference/lazy.js';
import { loadConvertedModel } from '../../inference/onnx/onnx-session.js';
import type { JobHandlers } from '../../threads/jobs.js';
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

/** A part of an image, in its pixels. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Runs the network over an image, once for all features that want it. */
export type Backbone = ImageTask<BackbonePass>;

export type BackboneJobs = {
  /** The network sees the image, or the part of it that is named. */
  runBackbone: { input: { image: Image; part?: Part }; output: BackbonePass };
};

/** Side of the square that images are stretched to, as they were when the network was trained. */
const side = 224;

export function createBackbone(pool: WorkerPool<BackboneJobs>): Backbone {
  return oncePerImage((image, signal) => pool.run('runBackbone', { image }, signal));
}

/** The network is loaded with the first image. */
export function loadBackboneJobs(): JobHandlers<BackboneJobs> {
  const network = lazy(() => loadConvertedModel(convertedModels.moderation));
  return {
    async runBackbone({ image, part }) {
      const input = resizeRgb(part === undefined ? image : cropImage(image, part), side, side).map(
        (value) => value / 255,
      );
      const { features, probabilities } = await (await network()).run(input, [1, side, side, 3]);
      const [, height = 0, width = 0, channels = 0] = features.shape;
      return { features: { height, width, channels, data: features.data }, probabilities: probabilities.data };
    },
  };
}
