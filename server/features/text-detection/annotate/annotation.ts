import type {
  Block,
  Entity,
  Line,
  Page,
  TextAnnotation,
  Word,
} from '../../../../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import { polygonOf, withinImage, type Size } from '../../../image/polygon.js';
import { inSlices } from '../../../threads/in-slices.js';
import { markEntities } from '../entities/mark-entities.js';
import { languages as languagesByCode } from '../language/languages.js';
import { spellWord } from '../language/spelling.js';
import { createWordLanguage } from '../language/word-language.js';
import { groupIntoBlocks } from '../layout/blocks.js';
import type { BoxedLine } from '../layout/shape-lines.js';
import { boundsOf, unionOf, type LineBox } from '../line/geometry.js';
import { textOf, type RecognizedLine } from '../line/recognized-line.js';
import { calibrate } from '../read/calibrate.js';
import { latinCyrillic } from '../read/latin-cyrillic.js';
import type { ReadingPlan } from '../read/reading-plan.js';
import type { DocumentLine, Field, Template } from '../templates/document.js';
import { findPlates } from '../templates/license-plates.js';
import { angleOfBox, angleOfText, placeWords, polygonAround, type PolygonShape } from './place-words.js';

/** `Word.entity_index` of a word that belongs to no entity. 0 is the first entity. */
const noEntity = -1n;

/** The text of an image. */
export interface ReadPage {
  readonly size: Size;
  readonly boxes: readonly LineBox[];
  /** One per box. */
  readonly lines: readonly RecognizedLine[];
}

/**
 * The result for a page of text: blocks in reading order, and the entities in them. Pages of thousands of lines take
 * seconds, in which other images get their turn.
 * @throws the signal's reason
 */
export async function annotatePage(
  page: ReadPage,
  { languages, implied }: Pick<ReadingPlan, 'languages' | 'implied'>,
  shape: PolygonShape,
  signal: AbortSignal,
): Promise<TextAnnotation> {
  const { size } = page;
  const angle = angleOfText(page.boxes);
  const languageOf = createWordLanguage(languages, implied, page.lines.map(textOf));
  const placed = await inSlices(boxedLines(page), signal, (line) => placeWords(line, angle, markEntities));
  const blocks = groupIntoBlocks(placed.flat());
  const entities: Entity[] = [];
  const annotated = await inSlices(blocks.flat(), signal, ({ box, text, confidence, words }): Line => {
    const direction = angleOfBox(box);
    const textAt = (index: number): string => words[index]?.word.text ?? '';
    const annotatedWords = words.map(({ word, corners }, index): Word => {
      const languageCode = languageOf(word.text, text);
      const language = word.entity === undefined ? languagesByCode.get(languageCode ?? '') : undefined;
      const place = { before: textAt(index - 1), word: word.text, after: textAt(index + 1) };
      return {
        boundingBox: polygonAround([{ corners }], direction, shape, size),
        text: language === undefined ? word.text : spellWord(place, language),
        confidence,
        languages: languageCode === undefined ? [] : [{ languageCode, confidence }],
        entityIndex:
          word.entity === undefined ? noEntity : BigInt(entities.push({ name: word.entity, text: word.text }) - 1),
      };
    });
    return { boundingBox: polygonAround(words, direction, shape, size), words: annotatedWords, confidence };
  });
  let first = 0;
  const annotatedBlocks = blocks.map((block): Block => {
    const words = block.flatMap((line) => line.words);
    const lines = annotated.slice(first, (first += block.length));
    return { boundingBox: polygonAround(words, angle, shape, size), lines };
  });
  return { pages: [pageOf(size, annotatedBlocks, entities)] };
}

function boxedLines({ boxes, lines }: ReadPage): BoxedLine[] {
  return lines.flatMap((line, index) => {
    const box = boxes[index];
    return box === undefined ? [] : [{ box, line }];
  });
}

/**
 * Lines below this confidence are not part of a document's field: they are ornaments, and print that runs another way.
 * 0.69 was chosen by hand, with the documents of datasets/drawn/draw-documents.ts as tests.
 */
const minConfidence = calibrate(latinCyrillic.reader.calibration, 0.69);

/** The result for a document: each field is an entity, and a block with one word. */
export function annotateDocument(page: ReadPage, template: Template): TextAnnotation {
  const fields = template.read(documentLines(page).filter(({ confidence }) => confidence >= minConfidence));
  const blocks = fields.map((field, index) =>
    blockOf(page.size, { ...field, languageCode: scriptLanguage(field) }, BigInt(index)),
  );
  return {
    pages: [
      pageOf(
        page.size,
        blocks,
        fields.map(({ name, text }) => ({ name, text })),
      ),
    ],
  };
}

/** The result for an image of license plates: a block with one word for each, and no entities. */
export function annotatePlates(page: ReadPage): TextAnnotation {
  const blocks = findPlates(documentLines(page)).map(({ text, words, confidence }) =>
    blockOf(
      page.size,
      { text, confidence, bounds: unionOf(words.map(({ bounds }) => bounds)), languageCode: 'ru' },
      noEntity,
    ),
  );
  return { pages: [pageOf(page.size, blocks, [])] };
}

function documentLines(page: ReadPage): DocumentLine[] {
  const { size } = page;
  const angle = angleOfText(page.boxes);
  const placed = boxedLines(page).flatMap((line) => placeWords(line, angle, ({ words }) => words));
  return placed.map(({ box, words, confidence }) => ({
    confidence,
    isLevel: Math.cos(angleOfBox(box) - angle) > Math.SQRT1_2,
    words: words.map(({ word, corners, upright }) => ({
      text: word.text,
      bounds: withinImage(boundsOf(corners), size),
      upright,
    })),
  }));
}

/** A block of one line with one word. */
function blockOf(
  size: Size,
  { text, bounds, confidence, languageCode }: Pick<Field, 'text' | 'bounds' | 'confidence'> & { languageCode: string },
  entityIndex: bigint,
): Block {
  const boundingBox = polygonOf(withinImage(bounds, size));
  const word = { boundingBox, text, confidence, languages: [{ languageCode, confidence }], entityIndex };
  return { boundingBox, lines: [{ boundingBox, words: [word], confidence }] };
}

function scriptLanguage({ text }: Field): string {
  return /\p{Script=Cyrillic}/u.test(text) ? 'ru' : 'en';
}

function pageOf({ width, height }: Size, blocks: Block[], entities: Entity[]): Page {
  return { width: BigInt(width), height: BigInt(height), blocks, entities };
}
