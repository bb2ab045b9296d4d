/**
 * How likely a candidate is a face: logistic regressions over what the detectors say and the size of the face, fitted on
 * 227 photos of crowds and masked faces and on 119 photos of animals, none of which is among those that docs/faces.md
 * reports on. At 0.5 some 4 of 100 photos of animals have a false face.
 */

/** What a score is worth that the other detector does not share. FaceBoxes is the one to be trusted more. */
const [faceBoxesAlone, blazeFaceAlone] = [0.8, 0.6];
/** A score below this says no more than one at it, and the same above the other. */
const [leastScore, greatestScore] = [0.02, 0.9999];
/** Height of a face over the longer side of the image from which on more is asked of it: snouts of animals are large. */
const largeHeight = 0.05;
/** From `largeHeight` times e to this on, no more than there. */
const maxLargeness = 2.3;

/**
 * Of a candidate of FaceBoxes, of BlazeFace, or of both; `height` is over the longer side of the image. Each is fooled by
 * other things, so where they agree it counts that not both are wrong.
 */
export function probabilityOfBoth(
  faceBoxes: number | undefined,
  blazeFace: number | undefined,
  height: number,
): number {
  return sigmoid(2 * logit(fusedScore(faceBoxes, blazeFace)) - 2.67 * largeness(height) - 1.73);
}

function fusedScore(faceBoxes: number | undefined, blazeFace: number | undefined): number {
  if (blazeFace === undefined) return faceBoxesAlone * (faceBoxes ?? 0);
  if (faceBoxes === undefined) return blazeFaceAlone * blazeFace;
  return 1 - (1 - faceBoxes) * (1 - blazeFace);
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
