import type { Image } from '../../../image/image.js';
import type { OnnxModel } from '../../../inference/onnx/onnx-session.js';
import { createLineSource, cropLine, paddedPlanes } from '../line/crop-line.js';
import { boxHeight, boxWidth, pointInBox, turnedAround, type LineBox } from '../line/geometry.js';
import type { LineRecognizer } from './recognizer.js';

const inputHeight = 48;
const inputWidth = 192;
/** Boxes taller than wide by more than this hold a line that runs up or down. */
const tallRatio = 1.5;
/** Number of lines that are asked, each both ways up. One line may be misjudged, most of a page is not. */
const votes = 5;
/** The classifier is in doubt below this mean of its votes. It hardly ever is about pages, and often about the few words of a photo. */
const sureVote = 0.7;
/** Where one way up is read with so much more confidence than the other, it is right. Scripts that the recognizer does not know differ less. */
const clearReading = 0.1;

/** The networks that know which way up a line is. */
export interface DirectionModels {
  /** Tells the beginning of a line from one upside down. */
  readonly classifier: OnnxModel;
  /** Reads text the right way up with more confidence. It is slower, and asked where the classifier is in doubt. */
  readonly recognizer: LineRecognizer;
}

/**
 * Lays every box so that its text reads from left to right. Upside-down text is decided for all lines that lie the
 * same way together, by a vote of the longest: the classifier errs on single short lines.
 */
export async function orientLines(
  models: DirectionModels,
  image: Image,
  boxes: readonly LineBox[],
): Promise<LineBox[]> {
  const isTall = (box: LineBox): boolean => boxHeight(box) > tallRatio * boxWidth(box);
  const flat = boxes.filter((box) => !isTall(box));
  const standing = boxes.filter(isTall).map(([topLeft, topRight, bottomRight, bottomLeft]): LineBox => {
    return [topRight, bottomRight, bottomLeft, topLeft];
  });
  const groups = await Promise.all([flat, standing].map((group) => turnIfUpsideDown(models, image, group)));
  return groups.flat();
}

async function turnIfUpsideDown(
  { classifier, recognizer }: DirectionModels,
  image: Image,
  boxes: readonly LineBox[],
): Promise<readonly LineBox[]> {
  const longest = boxes.toSorted((a, b) => boxWidth(b) / boxHeight(b) - boxWidth(a) / boxHeight(a)).slice(0, votes);
  const vote = await preference(longest, (box) => upsideDown(classifier, image, turnedAround(box)));
  if (Math.abs(vote) >= sureVote) return vote > 0 ? boxes.map(turnedAround) : boxes;
  const reading = await preference(
    longest,
    async (box) => (await recognizer.read(createLineSource(image, box))).confidence,
  );
  return (Math.abs(reading) > clearReading ? reading : vote) > 0 ? boxes.map(turnedAround) : boxes;
}

/** By how much more, in the mean, lines are right when they are turned around, -1..1. @param rightness of a line as it lies, 0..1 */
async function preference(boxes: readonly LineBox[], rightness: (box: LineBox) => Promise<number>): Promise<number> {
  let sum = 0;
  for (const box of boxes) sum += (await rightness(turnedAround(box))) - (await rightness(box));
  return boxes.length === 0 ? 0 : sum / boxes.length;
}

/**
 * How much the beginning of a line looks upside down, 0..1. A long line is not squeezed into the input as a whole:
 * that misjudged 2 pages of 39 where the undistorted beginning misjudged none.
 */
async function upsideDown(model: OnnxModel, image: Image, box: LineBox): Promise<number> {
  const part = Math.min(1, ((inputWidth / inputHeight) * boxHeight(box)) / boxWidth(box));
  const beginning: LineBox = [box[0], pointInBox(box, part, 0), pointInBox(box, part, 1), box[3]];
  const crop = cropLine(image, beginning, inputHeight, inputWidth);
  const { data } = await model.run(paddedPlanes(crop, inputWidth), [1, 3, inputHeight, inputWidth]);
  const [, probability = 0] = data;
  return probability;
}
