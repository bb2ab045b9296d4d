import type { Image } from '../../../image/image.js';
import { noCheckpoint, type Checkpoint } from '../../../threads/jobs.js';
import type { ActivationMap } from '../../backbone/backbone.js';
import { readCoefficients } from './coefficients.js';
import { poolMap } from './deep-features.js';
import { handFeatures } from './hand-features/hand-features.js';
import { probabilities, type QualityProbabilities, type Reliability } from './probabilities.js';
import { regressor, type ImageFeatures } from './regressor.js';

/** Reads the coefficients when they are first needed, once per thread. */
function readModel(): { predict: (features: ImageFeatures) => number; reliability: Reliability } {
  const { preparation, regression, reliability } = readCoefficients();
  return { predict: regressor(preparation, regression), reliability };
}

let model: ReturnType<typeof readModel> | undefined;

/**
 * Probabilities that people find the quality of an image low, medium or high, from its pixels and the activation map of
 * the backbone. Runs on the calling thread.
 */
export function scoreQuality(
  image: Image,
  activationMap: ActivationMap,
  checkpoint: Checkpoint = noCheckpoint,
): QualityProbabilities {
  model ??= readModel();
  const rank = model.predict({ hand: handFeatures(image, checkpoint), deep: poolMap(activationMap) });
  return probabilities(model.reliability, rank);
}
