/**
 * How likely a candidate is a face: logistic regressions over what the detectors say, fitted on 227 photos of crowds and
 * masked faces and on 119 photos of animals, none of which is among those that docs/faces.md reports on. The constants
 * are shifted so that 0.5 is where some 7 of 100 photos of animals have a false face.
 */

/** A score below this says no more than one at it, and the same above the other. */
const [leastScore, greatestScore] = [0.02, 0.9999];
/** Stands in for the score of a detector that has not found the face. */
const missingScore = 0.03;
/** Height of a face over the longer side of the image from which on more is asked of it: snouts of animals are large. */
const largeHeight = 0.05;
/** From `largeHeight` times e to this on, no more than there. */
const maxLargeness = 2.3;

/** Of a candidate of FaceBoxes, of BlazeFace, or of both; `height` is over the longer side of the image. */
export function probabilityOfBoth(faceBoxes: number | undefined, blazeFace: number | undefined, height: number): number {
  const agreement = faceBoxes !== undefined && blazeFace !== undefined ? 1 : 0;
  const scores = 1.37 * logit(faceBoxes ?? missingScore) + 0.76 * logit(blazeFace ?? missingScore);
  // Negative, since two scores that are there count for more than one and a stand-in in any case.
  return sigmoid(scores - 1.55 * agreement - 2.27 * largeness(height) + 1.7);
}

/** Of a candidate of YuNet. */
export function probabilityOfYuNet(score: number, height: number): number {
  return sigmoid(1.86 * logit(score) - 0.7 * largeness(height) - 1.67);
}

function largeness(height: number): number {
  return Math.min(maxLargeness, Math.max(0, Math.log(height / largeHeight)));
}

function logit(score: number): number {
  const within = Math.min(greatestScore, Math.max(leastScore, score));
  return Math.log(within / (1 - within));
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
