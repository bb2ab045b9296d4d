/** Parameters of a logistic curve over the logit of a recognizer's confidence. `npm run train:confidence` fits them. */
export interface Calibration {
  readonly scale: number;
  readonly offset: number;
}

/** Confidences are clipped here and at 1 minus this: the logit of 1 is infinite. Chosen by hand. */
const maxConfidence = 0.999;

/**
 * The share of words that are right in lines of a confidence, 0 to 1: Platt scaling (Platt 1999). docs/text-detection.md
 * says on which images the curves were fitted.
 */
export function calibrate({ scale, offset }: Calibration, confidence: number): number {
  return 1 / (1 + Math.exp(-(scale * logit(confidence) + offset)));
}

/** Natural logarithm of the odds of a confidence. */
export function logit(confidence: number): number {
  const clipped = Math.min(maxConfidence, Math.max(1 - maxConfidence, confidence));
  return Math.log(clipped / (1 - clipped));
}
