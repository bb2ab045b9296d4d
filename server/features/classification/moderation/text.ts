/** Fitted by training/moderation/text.ts to photos with and without text laid over them. */
const slope = 0.593;
const intercept = 4.249;
/** Keeps the logarithm finite: ten pixels of a megapixel. */
const leastCoverage = 1e-5;

/** Probability that text was laid over an image, by the share of it that text covers. */
export function textProbability(coverage: number): number {
  return 1 / (1 + Math.exp(-(slope * coverageFeature(coverage) + intercept)));
}

/** What the logistic function is linear in. */
export function coverageFeature(coverage: number): number {
  return Math.log(coverage + leastCoverage);
}
