import { sigmoid } from '../../inference/sigmoid.js';

/**
 * A logistic regression over what the detectors say of a candidate and its size. Both were fitted on 227 photos of
 * crowds and masked faces (maksssksksss 400 to 852, every second one) and on 119 photos of animals (ImageNet samples),
 * none of which is among those that docs/faces.md reports on. At 0.5 some 4 of 100 photos of animals have a false face.
 * The program that fitted them was not kept; `npm run bench:faces` measures the result.
 */
interface Regression {
  /** Weight of the logit of the score. */
  readonly score: number;
  /** Weight of `largeness`: large faces need higher scores, since snouts of animals are that large. */
  readonly largeness: number;
  readonly intercept: number;
}
const packagedRegression: Regression = { score: 2, largeness: -2.67, intercept: -1.73 };
const yuNetRegression: Regression = { score: 1.86, largeness: -0.7, intercept: -1.67 };

/**
 * Factors of scores that the other detector does not confirm: FaceBoxes is the more reliable one. No measurement is
 * recorded.
 */
const [faceBoxesAlone, blazeFaceAlone] = [0.8, 0.6];
/** Scores are clipped to this range before their logit is taken: what lies beyond says no more. */
const [minScore, maxScore] = [0.02, 0.9999];
/** Faces are large from this height on, as a fraction of the longer side of the image. */
const largeHeight = 0.05;
/** Largeness grows up to e^2.3, about ten, times `largeHeight`: half of the image. */
const maxLargeness = 2.3;

/**
 * Probability that a candidate of FaceBoxes, of BlazeFace or of both is a face. The detectors make different mistakes:
 * where they agree, the score is the probability that not both are wrong.
 * @param faceBoxes score of FaceBoxes; undefined where it did not find the candidate
 * @param blazeFace likewise
 * @param height of the candidate, as a fraction of the longer side of the image
 */
export function probabilityOfBoth(
  faceBoxes: number | undefined,
  blazeFace: number | undefined,
  height: number,
): number {
  return probability(packagedRegression, fusedScore(faceBoxes, blazeFace), height);
}

/** Probability that a candidate of YuNet is a face. @param height as a fraction of the longer side of the image */
export function probabilityOfYuNet(score: number, height: number): number {
  return probability(yuNetRegression, score, height);
}

function probability(weights: Regression, score: number, height: number): number {
  return sigmoid(weights.score * logit(score) + weights.largeness * largeness(height) + weights.intercept);
}

function fusedScore(faceBoxes: number | undefined, blazeFace: number | undefined): number {
  if (blazeFace === undefined) return faceBoxesAlone * (faceBoxes ?? 0);
  if (faceBoxes === undefined) return blazeFaceAlone * blazeFace;
  return 1 - (1 - faceBoxes) * (1 - blazeFace);
}

function largeness(height: number): number {
  return Math.min(maxLargeness, Math.max(0, Math.log(height / largeHeight)));
}

function logit(score: number): number {
  const clipped = Math.min(maxScore, Math.max(minScore, score));
  return Math.log(clipped / (1 - clipped));
}
