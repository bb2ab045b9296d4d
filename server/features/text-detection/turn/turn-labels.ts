import type { Image } from '../../../image/image.js';
import { createLineSource, type LineCrop } from '../line/crop-line.js';
import { extendToInk } from '../line/extend-to-ink.js';
import { boxHeight, boxWidth, pointInBox, rotated180, type LineBox } from '../line/geometry.js';
import { textOf, type RecognizedLine } from '../line/recognized-line.js';
import { inkColumns } from '../line/trim-to-ink.js';
import type { LineReading } from '../read/read-line.js';

/** Readings below this confidence are in doubt. This and the shares below were chosen by hand. */
const doubtBelow = 0.75;
/** Boxes of an image that are seen in other ways: those of a page that cannot be read are many more. */
const maxDoubtful = 100;
/** By how much another way has to be better, and how good, to be taken. */
const minGain = 0.1;
const minConfidence = 0.85;
/**
 * A single letter may be a turned label, as 600 is read as 8, if it is not certain, or in a box of another shape than a
 * letter has, in height to length. Another way has to be as certain then.
 */
const certain = 0.99;
const [minLetterShape, maxLetterShape] = [0.5, 1.15];
/** How much of the confidence in a single letter counts: one can be found in any stroke. */
const singleLetterShare = 0.8;
/** By how much a way has to be better than one before it, which is more common: text runs up more often than down. */
const minDifference = 0.05;
/** A box is a label that may be turned by a quarter if it is at most this many times as long as high. */
const maxLabelAspect = 3;
/** A box may be labels side by side if it is at most this many times as long as high. */
const maxRowAspect = 25;
const maxLabels = 40;
/** Labels that are read to compare the ways to see a box. */
const maxCompared = 4;
/** Height of the crop in which gaps are looked for, and the least of a gap and of a label in shares of it. */
const cropHeight = 48;
const [minGapShare, minLabelShare] = [0.06, 0.1];
/** What a label gets of the gap beside it, at most, in shares of its own size. */
const maxPaddingShare = 0.25;

/** The boxes of the labels in a box, or undefined if it is best as it is. */
export type TurnedLabels = readonly LineBox[] | undefined;

/** The boxes whose reading is so doubtful that they should be seen in other ways, by index. */
export function doubtfulBoxes(boxes: readonly LineBox[], readings: readonly LineReading[]): number[] {
  const indices = readings.flatMap(({ neural, tesseract }, index) => {
    const isDoubtful = certaintyOf(neural) < doubtBelow && certaintyOf(tesseract) < doubtBelow;
    return isDoubtful || isUncertainLetter(boxes[index]!, neural) ? [index] : [];
  });
  return indices.slice(0, maxDoubtful);
}

/**
 * The boxes of the labels in a box: the box turned by quarters, or parts of it that stand across, as the labels of an axis
 * or the numbers in a column do, which a detector joins. The way that reads best is taken, if it is clearly better than
 * the box as it is.
 * @param read reads a box as a line
 */
export async function turnLabels(
  image: Image,
  box: LineBox,
  read: (box: LineBox) => Promise<RecognizedLine>,
): Promise<TurnedLabels> {
  const confidenceOf = async (label: LineBox): Promise<number> => certaintyOf(await read(label));
  let best: { boxes: readonly LineBox[]; confidence: number } | undefined;
  const asItIs = await read(box);
  const needed = certaintyOf(asItIs) < doubtBelow ? Math.max(minConfidence, certaintyOf(asItIs) + minGain) : certain;
  for (const boxes of waysToSee(image, box)) {
    const step = Math.ceil(boxes.length / maxCompared);
    const compared = boxes.filter((_, index) => index % step === 0);
    let sum = 0;
    for (const label of compared) sum += await confidenceOf(label);
    const confidence = sum / compared.length;
    if (confidence >= (best === undefined ? needed : best.confidence + minDifference)) best = { boxes, confidence };
  }
  return best?.boxes;
}

function isUncertainLetter(box: LineBox, line: RecognizedLine): boolean {
  const shape = boxHeight(box) / Math.max(1, boxWidth(box));
  const isShaped = shape >= minLetterShape && shape <= maxLetterShape;
  return Array.from(textOf(line)).length === 1 && (!isShaped || line.confidence < certain);
}

/** The confidence in a reading, of which less counts if it is a single letter. */
function certaintyOf(line: RecognizedLine): number {
  return textOf(line).length > 1 ? line.confidence : singleLetterShare * line.confidence;
}

function waysToSee(image: Image, box: LineBox): ReadonlyArray<readonly LineBox[]> {
  const aspect = boxWidth(box) / Math.max(1, boxHeight(box));
  const turns = aspect <= maxLabelAspect ? [upward(box), downward(box), rotated180(box)] : [rotated180(box)];
  const labels = aspect <= maxRowAspect ? labelsAcross(image, box) : [];
  const rows = labels.length > 1 ? [labels.map(upward), labels.map(downward)] : [];
  return [...turns.map((turn) => [turn]), ...rows].map((boxes) => boxes.map((label) => extendToInk(image, label)));
}

/** The same rectangle for a text that runs from its bottom to its top. */
function upward([topLeft, topRight, bottomRight, bottomLeft]: LineBox): LineBox {
  return [bottomLeft, topLeft, topRight, bottomRight];
}

/** The same rectangle for a text that runs from its top to its bottom. */
function downward(box: LineBox): LineBox {
  return rotated180(upward(box));
}

/** The parts of a box between gaps without ink, or none if there are too many. */
function labelsAcross(image: Image, box: LineBox): LineBox[] {
  const crop = createLineSource(image, box).cropAtHeight(cropHeight);
  const runs = inkRuns(crop);
  if (runs.length > maxLabels) return [];
  return runs.map(({ start, end }, index) => {
    const padding = maxPaddingShare * (end - start);
    const before = Math.min(padding, (start - (runs[index - 1]?.end ?? 0)) / 2);
    const after = Math.min(padding, ((runs[index + 1]?.start ?? crop.width) - end) / 2);
    const [from, to] = [(start - before) / crop.width, (end + after) / crop.width];
    return [pointInBox(box, from, 0), pointInBox(box, to, 0), pointInBox(box, to, 1), pointInBox(box, from, 1)];
  });
}

/** Columns with ink, joined over narrow gaps, from left to right. `end` is exclusive. */
function inkRuns(crop: LineCrop): Array<{ start: number; end: number }> {
  const runs: Array<{ start: number; end: number }> = [];
  for (const [x, hasInk] of inkColumns(crop).entries()) {
    if (!hasInk) continue;
    const last = runs.at(-1);
    if (last !== undefined && x - last.end < minGapShare * crop.height) last.end = x + 1;
    else runs.push({ start: x, end: x + 1 });
  }
  return runs.filter(({ start, end }) => end - start >= minLabelShare * crop.height);
}
