import type { Block, Entity, Line, TextAnnotation, Word } from '../../../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import { polygonOf, withinImage, type Rectangle, type Size } from '../polygon.js';
import { markEntities } from './entities/mark-entities.js';
import { boundsOf, pointInBox, unionOf, type LineBox } from './geometry.js';
import { groupIntoBlocks } from './layout.js';
import type { ReadingPlan } from './reading-plan.js';
import { textOf, type RecognizedLine, type RecognizedWord } from './recognized-line.js';
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
  const turns = quarterTurns(boxes);
  const languageOf = createWordLanguage(languages, implied.languages, lines.map(textOf));
  const placed = lines.flatMap((line, index) => {
    const box = boxes[index];
    if (box === undefined || line.words.length === 0) return [];
    const words = markEntities(line);
    const wordBounds = words.map((word) => boundsOfWord(page, box, word));
    const bounds = unionOf(wordBounds);
    return [{ bounds: turnBack(bounds, turns), imageBounds: bounds, line, words, wordBounds }];
  });
  const entities: Entity[] = [];
  const blocks = groupIntoBlocks(placed).map((block): Block => {
    const bounds = unionOf(block.map(({ imageBounds }) => imageBounds));
    const annotated = block.map(({ imageBounds, line, words, wordBounds }): Line => {
      const text = textOf(line);
      const { confidence } = line;
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
      return { boundingBox: polygonOf(imageBounds), words: annotatedWords, confidence };
    });
    return { boundingBox: polygonOf(bounds), lines: annotated };
  });
  return { pages: [{ width: BigInt(page.width), height: BigInt(page.height), blocks, entities }] };
}

/** By how many quarter turns clockwise most of the text is turned. Boxes stay where they are: only the order needs it. */
function quarterTurns(boxes: readonly LineBox[]): number {
  let [x, y] = [0, 0];
  for (const [topLeft, topRight] of boxes) {
    x += topRight.x - topLeft.x;
    y += topRight.y - topLeft.y;
  }
  return (Math.round(Math.atan2(y, x) / (Math.PI / 2)) + 4) % 4;
}

/** The rectangle as it lies when the page is turned back, up to a shift. */
function turnBack(bounds: Rectangle, turns: number): Rectangle {
  let turned = bounds;
  for (let turn = 0; turn < turns; turn++) {
    const { left, top, right, bottom } = turned;
    turned = { left: top, top: -right, right: bottom, bottom: -left };
  }
  return turned;
}

function boundsOfWord(page: Size, box: LineBox, { left, right, top, bottom }: RecognizedWord): Rectangle {
  const corners = [left, right].flatMap((u) => [pointInBox(box, u, top), pointInBox(box, u, bottom)]);
  return withinImage(boundsOf(corners), page);
}
