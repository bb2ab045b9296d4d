import type { Image } from '../../../image/image.js';
import type { OnnxModel } from '../../../inference/onnx/onnx-session.js';
import { cropLine, paddedPlanes } from '../line/crop-line.js';
import { boxHeight, boxWidth, pointInBox, rotated180, type LineBox } from '../line/geometry.js';

/** Input of the classifier, in pixels. */
const [inputWidth, inputHeight] = [192, 48];
/** A box that is this many times as high as wide has a line that runs up or down. PaddleOCR's value. */
const minTallRatio = 1.5;
/** Lines that vote on the direction of all. A single line may be classified wrong, most of them hardly ever. */
const maxVotes = 5;
/**
 * Below this mean of the votes the classifier is in doubt. That is rare for pages and common for the few words of a photo.
 * This and the next were chosen on drawn words and 8 photos.
 */
const minSureVote = 0.7;
/**
 * Minimum difference of confidence for the reading to decide between two directions. In scripts that the recognizer does
 * not know it is smaller.
 */
const minReadingDifference = 0.1;

/** What distinguishes a line from the same line upside down. Both give a number of 0..1 for each box. */
export interface DirectionModels {
  /** Probability that a line is upside down, by its beginning. */
  readonly upsideDown: (boxes: readonly LineBox[]) => Promise<readonly number[]>;
  /**
   * Confidence of a recognizer, which reads text the right way up with more of it. It is slower, and only used if the
   * classifier is in doubt.
   */
  readonly confidence: (boxes: readonly LineBox[]) => Promise<readonly number[]>;
}

/**
 * Orders the corners of each box by the direction of its text. Whether lines are upside down is decided for all lines of
 * the same orientation together, by a vote of the longest: the classifier errs on single short lines.
 */
export async function orientLines(models: DirectionModels, boxes: readonly LineBox[]): Promise<LineBox[]> {
  const isTall = (box: LineBox): boolean => boxHeight(box) > minTallRatio * boxWidth(box);
  const level = boxes.filter((box) => !isTall(box));
  const tall = boxes.filter(isTall).map(([topLeft, topRight, bottomRight, bottomLeft]): LineBox => {
    return [topRight, bottomRight, bottomLeft, topLeft];
  });
  const groups = await Promise.all([level, tall].map((group) => correctUpsideDown(models, group)));
  return groups.flat();
}

async function correctUpsideDown(
  { upsideDown, confidence }: DirectionModels,
  boxes: readonly LineBox[],
): Promise<readonly LineBox[]> {
  if (boxes.length === 0) return boxes;
  const aspectOf = (box: LineBox): number => boxWidth(box) / boxHeight(box);
  const voters = boxes.toSorted((a, b) => aspectOf(b) - aspectOf(a)).slice(0, maxVotes);
  const turned = voters.map(rotated180);
  const vote = meanDifference(await upsideDown([...voters, ...turned]));
  if (Math.abs(vote) >= minSureVote) return vote > 0 ? boxes.map(rotated180) : boxes;
  const difference = meanDifference(await confidence([...turned, ...voters]));
  const decisive = Math.abs(difference) > minReadingDifference ? difference : vote;
  return decisive > 0 ? boxes.map(rotated180) : boxes;
}

/** Mean of the first half of the scores minus that of the second, -1..1: positive where lines are upside down. */
function meanDifference(scores: readonly number[]): number {
  const half = scores.length / 2;
  let sum = 0;
  for (let index = 0; index < half; index++) sum += scores[index]! - scores[half + index]!;
  return sum / half;
}

/**
 * Probability that a line is upside down, by its beginning. Squeezing all of a long line into the input got 2 pages of 39
 * wrong, its beginning in true proportions none.
 * @param classifier PaddleOCR's classifier of directions
 */
export async function upsideDownProbability(classifier: OnnxModel, image: Image, box: LineBox): Promise<number> {
  const share = Math.min(1, ((inputWidth / inputHeight) * boxHeight(box)) / boxWidth(box));
  const beginning: LineBox = [box[0], pointInBox(box, share, 0), pointInBox(box, share, 1), box[3]];
  const crop = cropLine(image, beginning, inputHeight, inputWidth);
  const { data } = await classifier.run(paddedPlanes(crop, inputWidth), [1, 3, inputHeight, inputWidth]);
  const [, probability = 0] = data;
  return probability;
}
