import { sigmoid } from '../../../inference/sigmoid.js';

/** Fitted by training/moderation/text.ts on photos with and without text drawn over them. */
const slope = 0.593;
const intercept = 4.249;
/** Added to keep the logarithm finite: ten pixels of a megapixel. */
const minCoverage = 1e-5;

/** Probability that text was laid over an image. @param coverage share of the image that text covers, 0..1 */
export function textProbability(coverage: number): number {
  return sigmoid(slope * coverageFeature(coverage) + intercept);
}

/** The argument of the logistic regression. */
export function coverageFeature(coverage: number): number {
  return Math.log(coverage + minCoverage);
}
