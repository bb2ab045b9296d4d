import type { Polygon } from '../../../../gen/yandex/cloud/ai/vision/v1/primitives.js';
import { polygonOf, polygonOfCorners, withinImage, type Rectangle, type Size } from '../../../image/polygon.js';
import type { Placed } from '../layout/placed.js';
import { splitAtColumns, type BoxedLine } from '../layout/shape-lines.js';
import { boundsOf, pointInBox, rotated, type LineBox, type Point } from '../line/geometry.js';
import { textOf, type RecognizedLine, type RecognizedWord } from '../line/recognized-line.js';

/** Whether polygons of the result are upright on the image, as in the original API, or rotated with the text. */
export type PolygonShape = 'upright' | 'rotated';

/** A word and its corners on the image, clockwise from the top left of its text. */
export interface PlacedWord<Word> {
  readonly word: Word;
  readonly corners: LineBox;
  /** Its bounds if the text of the page ran level. */
  readonly upright: Rectangle;
}

/** A line that was read. Its bounds are those of its words if the text of the page ran level. */
export interface PlacedLine<Word> extends Placed {
  readonly box: LineBox;
  readonly words: ReadonlyArray<PlacedWord<Word>>;
  readonly confidence: number;
}

/**
 * Direction of most of the text, in radians clockwise from the right. It is the mean over the lines of the most common
 * quarter turn: lines down the edge of a page do not skew it.
 */
export function angleOfText(boxes: readonly LineBox[]): number {
  const sumsByQuarter = [0, 1, 2, 3].map(() => ({ x: 0, y: 0 }));
  for (const [topLeft, topRight] of boxes) {
    const [x, y] = [topRight.x - topLeft.x, topRight.y - topLeft.y];
    const sum = sumsByQuarter[(Math.round(Math.atan2(y, x) / (Math.PI / 2)) + 4) % 4]!;
    sum.x += x;
    sum.y += y;
  }
  const { x, y } = sumsByQuarter.reduce((longest, sum) =>
    Math.hypot(sum.x, sum.y) > Math.hypot(longest.x, longest.y) ? sum : longest,
  );
  return Math.atan2(y, x);
}

/**
 * Places the words of a line on the image, and divides a line that spans several columns.
 * @param angle of the text of the page
 * @param toWords the words of a line
 */
export function placeWords<Word extends RecognizedWord>(
  boxed: BoxedLine,
  angle: number,
  toWords: (line: RecognizedLine) => readonly Word[],
): Array<PlacedLine<Word>> {
  if (boxed.line.words.length === 0) return [];
  return splitAtColumns(boxed).map(({ box, line }) => {
    const words = toWords(line).map((word) => {
      const corners = cornersOf(box, word);
      return { word, corners, upright: straighten(corners, angle) };
    });
    const bounds = straighten(
      words.flatMap(({ corners }) => corners),
      angle,
    );
    return { text: textOf(line), bounds, box, words, confidence: line.confidence };
  });
}

/** The polygon around words on the image. @param angle of a rotated polygon */
export function polygonAround(
  words: ReadonlyArray<{ readonly corners: LineBox }>,
  angle: number,
  shape: PolygonShape,
  page: Size,
): Polygon {
  const corners = words.flatMap((word) => word.corners);
  if (shape === 'upright') return polygonOf(withinImage(boundsOf(corners), page));
  const { left, top, right, bottom } = straighten(corners, angle);
  const rotatedCorners = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ].map(([x = 0, y = 0]) => rotated({ x, y }, angle));
  return polygonOfCorners(rotatedCorners, page);
}

/** Direction of the text of a line, in radians clockwise from the right. */
export function angleOfBox([topLeft, topRight]: LineBox): number {
  return Math.atan2(topRight.y - topLeft.y, topRight.x - topLeft.x);
}

function straighten(corners: readonly Point[], angle: number): Rectangle {
  return boundsOf(corners.map((corner) => rotated(corner, -angle)));
}

function cornersOf(box: LineBox, { left, right, top, bottom }: RecognizedWord): LineBox {
  return [
    pointInBox(box, left, top),
    pointInBox(box, right, top),
    pointInBox(box, right, bottom),
    pointInBox(box, left, bottom),
  ];
}
