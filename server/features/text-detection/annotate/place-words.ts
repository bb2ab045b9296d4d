import type { Polygon } from '../../../../gen/yandex/cloud/ai/vision/v1/primitives.js';
import { polygonOf, polygonOfCorners, withinImage, type Rectangle, type Size } from '../../../image/polygon.js';
import type { Placed } from '../layout/placed.js';
import { splitAtColumns } from '../layout/shape-lines.js';
import { boundsOf, pointInBox, rotated, type LineBox, type Point } from '../line/geometry.js';
import { textOf, type RecognizedLine, type RecognizedWord } from '../line/recognized-line.js';

/** What polygons of the answer are: rectangles upright on the image, as the original has them, or along the text. */
export type PolygonShape = 'upright' | 'rotated';

/** A word with its four corners on the image, clockwise from where it begins at the top. */
export interface PlacedWord<Word> {
  readonly word: Word;
  readonly corners: LineBox;
  /** Where the word would be if the text ran straight. */
  readonly upright: Rectangle;
}

/** A line that was read. Its bounds are those of its words if the text ran straight. */
export interface PlacedLine<Word> extends Placed {
  readonly box: LineBox;
  readonly words: ReadonlyArray<PlacedWord<Word>>;
  readonly confidence: number;
}

/**
 * Direction in which most of the text runs, in radians clockwise from the right: the mean of the lines that run as most do,
 * so that those down the edge of a page do not tilt it.
 */
export function angleOfText(boxes: readonly LineBox[]): number {
  const quarters = [0, 1, 2, 3].map(() => ({ x: 0, y: 0 }));
  for (const [topLeft, topRight] of boxes) {
    const [x, y] = [topRight.x - topLeft.x, topRight.y - topLeft.y];
    const sum = quarters[(Math.round(Math.atan2(y, x) / (Math.PI / 2)) + 4) % 4]!;
    sum.x += x;
    sum.y += y;
  }
  const { x, y } = quarters.reduce((most, sum) => (Math.hypot(sum.x, sum.y) > Math.hypot(most.x, most.y) ? sum : most));
  return Math.atan2(y, x);
}

/** Places what was read in the boxes, and parts lines that reach over several columns. @param toWords makes the words of a line */
export function placeWords<Word extends RecognizedWord>(
  boxes: readonly LineBox[],
  lines: readonly RecognizedLine[],
  angle: number,
  toWords: (line: RecognizedLine) => readonly Word[],
): Array<PlacedLine<Word>> {
  return lines.flatMap((whole, index) => {
    const wholeBox = boxes[index];
    if (wholeBox === undefined || whole.words.length === 0) return [];
    return splitAtColumns({ box: wholeBox, line: whole }).map(({ box, line }) => {
      const words = toWords(line).map((word) => {
        const corners = cornersOf(box, word);
        return { word, corners, upright: straightened(corners, angle) };
      });
      const bounds = straightened(
        words.flatMap(({ corners }) => corners),
        angle,
      );
      return { text: textOf(line), bounds, box, words, confidence: line.confidence };
    });
  });
}

/** The polygon of words on the image. @param angle of the text, along which a rotated polygon lies */
export function polygonAround(
  words: ReadonlyArray<{ readonly corners: LineBox }>,
  angle: number,
  shape: PolygonShape,
  page: Size,
): Polygon {
  const corners = words.flatMap((word) => word.corners);
  if (shape === 'upright') return polygonOf(withinImage(boundsOf(corners), page));
  const { left, top, right, bottom } = straightened(corners, angle);
  const turned = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ].map(([x = 0, y = 0]) => rotated({ x, y }, angle));
  return polygonOfCorners(turned, page);
}

/** Direction of a line's own text. */
export function angleOfBox([topLeft, topRight]: LineBox): number {
  return Math.atan2(topRight.y - topLeft.y, topRight.x - topLeft.x);
}

function straightened(corners: readonly Point[], angle: number): Rectangle {
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
