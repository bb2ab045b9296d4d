import type { ImageSize } from '../../image/file-header.js';
import type { LayerWord } from '../../image/text-layer.js';
import type { ReadPage } from './annotate/annotation.js';
import type { LineBox } from './line/geometry.js';
import { textOf, type RecognizedLine } from './line/recognized-line.js';
import { combineReadings } from './read/choose-readings.js';
import type { LineReading } from './read/read-line.js';
import { correctByLayer } from './read/text-layer.js';
import { doubtfulBoxes, type TurnedLabels } from './turn/turn-labels.js';

/** Lines of a page below this confidence are more often wrong than right: signatures, ornaments, print out of focus. */
const minConfidence = 0.4;
/** And those of an image that has signs alone, which are specks of a photo more often than text. */
const minSignConfidence = 0.9;

/** What is done with boxes of the page, each result in the order of the boxes. */
export interface BoxJobs {
  readonly read: (boxes: readonly LineBox[]) => Promise<LineReading[]>;
  readonly turn: (boxes: readonly LineBox[]) => Promise<TurnedLabels[]>;
}

/**
 * Reads the lines of a page: what is in doubt is seen in other ways, and what remains illegible is left out.
 * @param layer words that the file of the page says are in it, by which doubtful ones are corrected
 */
export async function readPage(
  { read, turn }: BoxJobs,
  size: ImageSize,
  boxes: readonly LineBox[],
  layer: readonly LayerWord[],
): Promise<ReadPage> {
  const readings = await read(boxes);
  const readingOf = new Map(boxes.map((box, index) => [box, readings[index]!]));
  const doubtful = doubtfulBoxes(boxes, readings).map((index) => boxes[index]!);
  const turned = await turn(doubtful);
  const labelsOf = new Map(doubtful.map((box, index) => [box, turned[index]]));
  const found = boxes.flatMap((box) => labelsOf.get(box) ?? [box]);
  const fresh = found.filter((box) => !readingOf.has(box));
  for (const [index, reading] of (await read(fresh)).entries()) readingOf.set(fresh[index]!, reading);
  const lines = correctByLayer(found, combineReadings(found.map((box) => readingOf.get(box)!)), layer);
  const isKept = legible(lines);
  const keep = <Item>(items: readonly Item[]): Item[] => items.filter((_, index) => isKept[index]);
  return { size, boxes: keep(found), lines: keep(lines) };
}

/** Whether each line is more likely text that was read right than not. */
function legible(lines: readonly RecognizedLine[]): boolean[] {
  const hasText = lines.some((line) => line.confidence >= minConfidence && hasLetters(line));
  return lines.map((line) => line.confidence >= (hasText || hasLetters(line) ? minConfidence : minSignConfidence));
}

function hasLetters(line: RecognizedLine): boolean {
  return /[\p{L}\p{N}]/u.test(textOf(line));
}
