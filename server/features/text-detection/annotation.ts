import type { Block, Entity, Line, TextAnnotation, Word } from '../../../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import { polygonOf, withinImage, type Size } from '../polygon.js';
import { markEntities, type MarkedWord } from './entities/mark-entities.js';
import { boundsOf, pointInBox, rotated, unionOf, type LineBox } from './geometry.js';
import { groupIntoBlocks } from './layout/blocks.js';
import { splitAtColumns } from './layout/shape-lines.js';
import type { ReadingPlan } from './reading-plan.js';
import { textOf, type RecognizedLine } from './recognized-line.js';
import { createWordLanguage } from './word-language.js';

/** `Word.entity_index` of a word that belongs to no entity. 0 would mean the first. */
const noEntity = -1n;

/** Builds the answer of the API from what was read in the boxes. */
export function annotate(
  page: Size,
  boxes: readonly LineBox[],
  lines: readonly RecognizedLine[],
  { languages, implied }: Pick<ReadingPlan, 'languages' | 'implied'>,
): TextAnnotation {
  const angle = angleOfText(boxes);
  const languageOf = createWordLanguage(languages, implied.languages, lines.map(textOf));
  const placed = lines.flatMap((whole, index) => {
    const wholeBox = boxes[index];
    if (wholeBox === undefined || whole.words.length === 0) return [];
    return splitAtColumns({ box: wholeBox, line: whole }).map(({ box, line }) => {
      const words = markEntities(line);
      const corners = words.map((word) => cornersOf(box, word));
      return {
        text: textOf(line),
        bounds: boundsOf(corners.flat().map((corner) => rotated(corner, -angle))),
        confidence: line.confidence,
        words,
        wordBounds: corners.map((wordCorners) => withinImage(boundsOf(wordCorners), page)),
      };
    });
  });
  const entities: Entity[] = [];
  const blocks = groupIntoBlocks(placed).map((block): Block => {
    const annotated = block.map(({ text, confidence, words, wordBounds }): Line => {
      const annotatedWords = words.map((word, index): Word => {
        const languageCode = languageOf(word.text, text);
        return {
          boundingBox: polygonOf(wordBounds[index]!),
          text: word.text,
          confidence,
          languages: languageCode === undefined ? [] : [{ languageCode, confidence }],
          entityIndex: word.entity === undefined ? noEntity : BigInt(entities.push({ name: word.entity, text: word.text }) - 1),
        };
      });
      return { boundingBox: polygonOf(unionOf(wordBounds)), words: annotatedWords, confidence };
    });
    return { boundingBox: polygonOf(unionOf(block.flatMap(({ wordBounds }) => wordBounds))), lines: annotated };
  });
  return { pages: [{ width: BigInt(page.width), height: BigInt(page.height), blocks, entities }] };
}

/** Direction in which most of the text runs, in radians clockwise from the right. */
function angleOfText(boxes: readonly LineBox[]): number {
  let [x, y] = [0, 0];
  for (const [topLeft, topRight] of boxes) {
    x += topRight.x - topLeft.x;
    y += topRight.y - topLeft.y;
  }
  return Math.atan2(y, x);
}

/** The four corners of a word, clockwise from where it begins at the top. */
function cornersOf(box: LineBox, { left, right, top, bottom }: MarkedWord): LineBox {
  return [pointInBox(box, left, top), pointInBox(box, right, top), pointInBox(box, right, bottom), pointInBox(box, left, bottom)];
}
