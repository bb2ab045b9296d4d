import type { Image } from '../../../image/image.js';
import { cropLine } from './crop-line.js';
import { boxHeight, boxWidth, distance, pointInBox, rotated180, type LineBox } from './geometry.js';

/** Pixels for the height of a box in the crops that are looked at. */
const scale = 24;
/** How far is looked for marks above and below a box, in heights. Those of Thai may be as high as its letters. */
const reach = 1;
/** Wider gaps part a mark from the letters of another line, in heights. */
const maxGap = 0.12;
/** What a box gets beyond the ink, in heights. */
const margin = 0.08;
/** A row has ink if its gray levels span more than this share of the widest span of a row. */
const minInkSpan = 0.25;
/** A box of marks has less than this share of the height of the line that it lies in. */
const maxMarkHeight = 0.75;
/** Marks that are as high as their letters, as those of Thai, are no longer than this, in heights of their line. */
const maxMarkLength = 2.5;

/**
 * Moves the top and the bottom of a box to where the marks of its letters end: the detector learned from scripts without
 * accents in two stories, and cuts those of Thai and Vietnamese off, and the upper strokes of Korean.
 */
export function extendToMarks(image: Image, box: LineBox): LineBox {
  return rotated180(withTop(image, rotated180(withTop(image, box))));
}

function withTop(image: Image, box: LineBox): LineBox {
  const above = Math.round(reach * scale);
  const width = Math.ceil((scale * boxWidth(box)) / Math.max(1, boxHeight(box)));
  const crop = cropLine(image, between(box, -above / scale, 1), above + scale, width);
  const rows = inkRows(crop);
  let top = above;
  for (let row = above - 1; row >= 0 && top - row <= 1 + maxGap * scale; row--) if (rows[row] === true) top = row;
  // Ink up to the end of what is looked at is another line, or a rule.
  if (top === above || top <= maxGap * scale) return box;
  return between(box, (top - above) / scale - margin, 1);
}

/** Whether each row of a line has ink. */
function inkRows({ width, height, rgb }: ReturnType<typeof cropLine>): boolean[] {
  const spans = Array.from({ length: height }, (_, y) => {
    let [low, high] = [Infinity, -Infinity];
    for (let x = 0; x < width; x++) {
      const green = rgb[3 * (y * width + x) + 1]!;
      low = Math.min(low, green);
      high = Math.max(high, green);
    }
    return high - low;
  });
  const minSpan = minInkSpan * spans.reduce((max, span) => Math.max(max, span), 0);
  return spans.map((span) => span > minSpan);
}

/** The part of a box between two shares of its height, or what is beyond. */
function between(box: LineBox, from: number, to: number): LineBox {
  return [pointInBox(box, 0, from), pointInBox(box, 1, from), pointInBox(box, 1, to), pointInBox(box, 0, to)];
}

/**
 * The extended boxes without those that held nothing but marks of the letters in another box. A box that would hold the
 * letters of another line as well stays as it was.
 * @param boxes as they were, in the order of the extended ones
 */
export function withoutMarks(boxes: readonly LineBox[], extended: readonly LineBox[]): LineBox[] {
  const lines = extended.map((line, index) => {
    const before = boxes[index]!;
    return boxes.some((other) => other !== before && isLineIn(line, other, before)) ? before : line;
  });
  return lines.filter((_, index) => !lines.some((line, of) => of !== index && isMarkOf(line, boxes[index]!)));
}

/** Whether an extended box has come to hold the middle of another line, at one of several places. */
function isLineIn(extended: LineBox, other: LineBox, before: LineBox): boolean {
  const isMark =
    boxHeight(other) < maxMarkHeight * boxHeight(before) || boxWidth(other) < maxMarkLength * boxHeight(before);
  if (extended === before || isMark) return false;
  return [0.1, 0.5, 0.9].some((share) => {
    const point = pointInBox(other, share, 0.5);
    return isInside(extended, point) && !isInside(before, point);
  });
}

function isMarkOf(line: LineBox, box: LineBox): boolean {
  if (boxHeight(box) >= maxMarkHeight * boxHeight(line) || boxWidth(box) >= boxWidth(line)) return false;
  return isInside(line, pointInBox(box, 0, 0.5)) && isInside(line, pointInBox(box, 1, 0.5));
}

/** Whether a point lies in a box. */
function isInside([topLeft, topRight, , bottomLeft]: LineBox, { x, y }: LineBox[0]): boolean {
  const shareAlong = (end: LineBox[0]): number =>
    ((x - topLeft.x) * (end.x - topLeft.x) + (y - topLeft.y) * (end.y - topLeft.y)) /
    Math.max(1, distance(topLeft, end)) ** 2;
  return [topRight, bottomLeft].every((end) => shareAlong(end) >= 0 && shareAlong(end) <= 1);
}
