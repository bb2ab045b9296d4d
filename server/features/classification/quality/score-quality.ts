import type { Image } from '../../../image/image.js';
import { readCoefficients } from './coefficients.js';
import { poolMap, type BackboneMap } from './deep-features.js';
import { handFeatures } from './hand-features.js';
import { probabilities, type QualityProbabilities, type Reliability } from './probabilities.js';
import { regressor, type ImageFeatures } from './regressor.js';

export { qualityProperties, type QualityProbabilities } from './probabilities.js';
export type { BackboneMap } from './deep-features.js';

/** Reads the coefficients when they are first needed: once a thread. */
function readModel(): { expect: (features: ImageFeatures) => number; reliability: Reliability } {
  const { preparation, regression, reliability } = readCoefficients();
  return { expect: regressor(preparation, regression), reliability };
}

let model: ReturnType<typeof readModel> | undefined;

/**
 * Probabilities that people find the quality of an image low, medium or high. Runs on the calling thread. `backboneMap`
 * is the `features` output of the moderation model for the whole image.
 */
export function scoreQuality(image: Image, backboneMap: BackboneMap): QualityProbabilities {
  model ??= readModel();
  const rank = model.expect({ hand: handFeatures(image), deep: poolMap(backboneMap) });
  return probabilities(model.reliability, rank);
}
