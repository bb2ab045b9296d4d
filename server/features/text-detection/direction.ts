import type { Image } from '../../image/image.js';
import type { OnnxModel } from '../../inference/onnx-session.js';
import { cropLine, paddedPlanes } from './crop-line.js';
import { boxHeight, boxWidth, pointInBox, turnedAround, type LineBox } from './geometry.js';

const inputHeight = 48;
const inputWidth = 192;
/** Boxes taller than wide by more than this hold a line that runs up or down. */
const tallRatio = 1.5;
/** Number of lines that are asked, each both ways up. One line may be misjudged, most of a page is not. */
const votes = 5;

/**
 * Lays every box so that its text reads from left to right. Upside-down text is decided for all lines that lie the
 * same way together, by a vote of the longest: the classifier errs on single short lines.
 */
export async function orientLines(model: OnnxModel, image: Image, boxes: readonly LineBox[]): Promise<LineBox[]> {
  const isTall = (box: LineBox): boolean => boxHeight(box) > tallRatio * boxWidth(box);
  const flat = boxes.filter((box) => !isTall(box));
  const standing = boxes.filter(isTall).map(([topLeft, topRight, bottomRight, bottomLeft]): LineBox => {
    return [topRight, bottomRight, bottomLeft, topLeft];
  });
  const groups = await Promise.all([flat, standing].map((group) => turnIfUpsideDown(model, image, group)));
  return groups.flat();
}

async function turnIfUpsideDown(model: OnnxModel, image: Image, boxes: readonly LineBox[]): Promise<readonly LineBox[]> {
  const longest = boxes.toSorted((a, b) => boxWidth(b) / boxHeight(b) - boxWidth(a) / boxHeight(a)).slice(0, votes);
  let balance = 0;
  for (const box of longest) balance += (await upsideDown(model, image, box)) - (await upsideDown(model, image, turnedAround(box)));
  return balance > 0 ? boxes.map(turnedAround) : boxes;
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
