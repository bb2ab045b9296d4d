import type { Image } from '../../../image/image.js';
import type { OnnxModel } from '../../../inference/onnx/onnx-session.js';
import { createLineSource, cropLine, paddedPlanes } from '../line/crop-line.js';
import { boxHeight, boxWidth, pointInBox, rotated180, type LineBox } from '../line/geometry.js';
import type { LineRecognizer } from './recognizer.js';

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

/** Networks that distinguish a line from the same line upside down. */
export interface DirectionModels {
  /** Looks at the beginning of a line. */
  readonly classifier: OnnxModel;
  /** Reads text the right way up with more confidence. It is slower, and only used if the classifier is in doubt. */
  readonly recognizer: LineRecognizer;
}

/**
 * Orders the corners of each box by the direction of its text. Whether lines are upside down is decided for all lines of
 * the same orientation together, by a vote of the longest: the classifier errs on single short lines.
 */
export async function orientLines(
  models: DirectionModels,
  image: Image,
  boxes: readonly LineBox[],
): Promise<LineBox[]> {
  const isTall = (box: LineBox): boolean => boxHeight(box) > minTallRatio * boxWidth(box);
  const level = boxes.filter((box) => !isTall(box));
  const tall = boxes.filter(isTall).map(([topLeft, topRight, bottomRight, bottomLeft]): LineBox => {
    return [topRight, bottomRight, bottomLeft, topLeft];
  });
  const groups = await Promise.all([level, tall].map((group) => correctUpsideDown(models, image, group)));
  return groups.flat();
}

async function correctUpsideDown(
  { classifier, recognizer }: DirectionModels,
  image: Image,
  boxes: readonly LineBox[],
): Promise<readonly LineBox[]> {
  const aspectOf = (box: LineBox): number => boxWidth(box) / boxHeight(box);
  const voters = boxes.toSorted((a, b) => aspectOf(b) - aspectOf(a)).slice(0, maxVotes);
  const vote = await preferenceForRotation(voters, (box) => upsideDownProbability(classifier, image, rotated180(box)));
  if (Math.abs(vote) >= minSureVote) return vote > 0 ? boxes.map(rotated180) : boxes;
  const difference = await preferenceForRotation(
    voters,
    async (box) => (await recognizer.read(createLineSource(image, box))).confidence,
  );
  const decisive = Math.abs(difference) > minReadingDifference ? difference : vote;
  return decisive > 0 ? boxes.map(rotated180) : boxes;
}

/** Mean score of the boxes rotated by 180 degrees minus that of the boxes as they are, -1..1. @param scoreOf a box, 0..1 */
async function preferenceForRotation(
  boxes: readonly LineBox[],
  scoreOf: (box: LineBox) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (const box of boxes) sum += (await scoreOf(rotated180(box))) - (await scoreOf(box));
  return boxes.length === 0 ? 0 : sum / boxes.length;
}

/**
 * Probability that a line is upside down, by its beginning. Squeezing all of a long line into the input got 2 pages of 39
 * wrong, its beginning in true proportions none.
 */
async function upsideDownProbability(model: OnnxModel, image: Image, box: LineBox): Promise<number> {
  const share = Math.min(1, ((inputWidth / inputHeight) * boxHeight(box)) / boxWidth(box));
  const beginning: LineBox = [box[0], pointInBox(box, share, 0), pointInBox(box, share, 1), box[3]];
  const crop = cropLine(image, beginning, inputHeight, inputWidth);
  const { data } = await model.run(paddedPlanes(crop, inputWidth), [1, 3, inputHeight, inputWidth]);
  const [, probability = 0] = data;
  return probability;
}
