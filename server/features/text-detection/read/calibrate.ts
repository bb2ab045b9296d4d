import type { Reader } from './read-line.js';

/** Parameters of a recognizer: its logit is multiplied and shifted. */
export interface Calibration {
  readonly scale: number;
  readonly offset: number;
}

/** Found by `npm run train:confidence` (docs/text-detection.md says on which images). */
const calibrations: Readonly<Record<Reader, Calibration>> = {
  letters: { scale: 0.619, offset: -0.773 },
  chinese: { scale: 0.43, offset: 0.346 },
  second: { scale: 0.279, offset: -0.493 },
  tesseract: { scale: 1.517, offset: -0.479 },
};
/** A recognizer that says 1 is as sure as one that says that. */
const surest = 0.999;

/** The part of words that are right where a recognizer is as sure of a line, 0 to 1 (Platt 1999). */
export function calibrated(reader: Reader, confidence: number): number {
  const { scale, offset } = calibrations[reader];
  return 1 / (1 + Math.exp(-(scale * logit(confidence) + offset)));
}

/** Logarithm of the odds of a confidence. */
export function logit(confidence: number): number {
  const within = Math.min(surest, Math.max(1 - surest, confidence));
  return Math.log(within / (1 - within));
}
