import type { LayerWord } from '../../../image/text-layer.js';
import { editDistance } from '../../../strings/edit-distance.js';
import { boundsOf, boxHeight, boxWidth, type LineBox } from '../line/geometry.js';
import { textOf, type RecognizedLine, type RecognizedWord } from '../line/recognized-line.js';
import { latinHomoglyph } from './homoglyphs.js';

/** A line that was read with this confidence is right as it is. */
const sureConfidence = 0.9;
/** Of the lines that were read with certainty, those that the layer must have as well. Others are misread after all. */
const minAgreement = 0.9;
/** Of the words of the layer, those that must lie on a line that is seen. Marks and rules are no lines. */
const minSeen = 0.9;
/** Edits by which a doubtful line may differ from the layer, as a share of its letters. */
const maxDifference = 0.2;

/** What the layer has in the box of a line, in reading order, beside what was read. */
interface Comparison {
  readonly line: RecognizedLine;
  readonly words: readonly RecognizedWord[];
  readonly agreement: 'absent' | 'same' | 'near' | 'other';
}

/**
 * Corrects what was read by the text layer of the file. The layer of a hostile file says what its author likes, so that
 * it only decides where reading is doubtful: it is believed if it has what was read with certainty and has little else,
 * and then for lines that were read the same, or nearly so without certainty, with the same digits.
 * @param boxes of the lines
 * @returns the lines, in the same order
 */
export function correctByLayer(
  boxes: readonly LineBox[],
  lines: readonly RecognizedLine[],
  layer: readonly LayerWord[],
): readonly RecognizedLine[] {
  if (layer.length === 0) return lines;
  const grid = new WordGrid(layer);
  const compared = lines.map((line, index): Comparison => {
    const box = boxes[index];
    const words = box === undefined ? [] : grid.take(box);
    return { line, words, agreement: agreementOf(textOf(line), textOf({ words, confidence: 1 })) };
  });
  if (!isBelievable(compared, layer.length, grid.left)) return lines;
  return compared.map(({ line, words, agreement }) => {
    const isDoubtful = line.confidence < sureConfidence;
    return agreement === 'same' || (agreement === 'near' && isDoubtful) ? withWords(line, words) : line;
  });
}

/** Side of the cells of a grid, in pixels. */
const cellSide = 64;

/** Words by where they are: pages of hostile files have ten thousands of them, and of lines. */
class WordGrid {
  readonly #cells = new Map<string, Set<LayerWord>>();
  /** Words that no line has taken. */
  left: number;

  constructor(words: readonly LayerWord[]) {
    this.left = words.length;
    for (const word of words) {
      const key = keyOf(cellOf((word.left + word.right) / 2), cellOf((word.top + word.bottom) / 2));
      const cell = this.#cells.get(key) ?? new Set();
      this.#cells.set(key, cell.add(word));
    }
  }

  /** Takes the words out whose middle is in the box. @returns them from left to right, in shares of the box */
  take(box: LineBox): RecognizedWord[] {
    const { left, top, right, bottom } = boundsOf(box);
    const taken: RecognizedWord[] = [];
    for (let row = cellOf(top); row <= cellOf(bottom); row++) {
      for (let column = cellOf(left); column <= cellOf(right); column++) {
        const cell = this.#cells.get(keyOf(column, row)) ?? new Set<LayerWord>();
        for (const word of cell) {
          const position = positionIn(box, word);
          if (position === undefined) continue;
          cell.delete(word);
          taken.push(position);
        }
      }
    }
    this.left -= taken.length;
    return taken.toSorted((one, other) => one.left + one.right - other.left - other.right);
  }
}

function cellOf(place: number): number {
  return Math.floor(place / cellSide);
}

function keyOf(column: number, row: number): string {
  return `${column} ${row}`;
}

function isBelievable(compared: readonly Comparison[], layerWords: number, unseenWords: number): boolean {
  const sure = compared.filter(({ line, agreement }) => line.confidence >= sureConfidence && agreement !== 'absent');
  const same = sure.filter(({ agreement }) => agreement === 'same');
  return sure.length > 0 && same.length >= minAgreement * sure.length && unseenWords <= (1 - minSeen) * layerWords;
}

function agreementOf(read: string, layer: string): Comparison['agreement'] {
  // Words from right to left stand in another order in the layer.
  if (layer === '' || /[\p{Script=Hebrew}\p{Script=Arabic}]/u.test(layer)) return 'absent';
  const [seen, said] = [plain(read), plain(layer)];
  if (seen === said) return 'same';
  const limit = maxDifference * said.length;
  if (Math.abs(seen.length - said.length) > limit) return 'other';
  const digits = (text: string): string => text.replaceAll(/\D/g, '');
  return digits(seen) === digits(said) && editDistance(seen, said) <= limit ? 'near' : 'other';
}

/** Without spaces, and without the difference of scripts, which print does not show. */
function plain(text: string): string {
  return Array.from(text.normalize('NFKC').replaceAll(/\s/g, ''), latinHomoglyph).join('');
}

/** The word in shares of the box, or undefined if its middle is outside. */
function positionIn(box: LineBox, word: LayerWord): RecognizedWord | undefined {
  const [origin, topRight, , bottomLeft] = box;
  const [width, height] = [boxWidth(box), boxHeight(box)];
  const along = (x: number, y: number): { u: number; v: number } => {
    const [dx, dy] = [x - origin.x, y - origin.y];
    return {
      u: (dx * (topRight.x - origin.x) + dy * (topRight.y - origin.y)) / width ** 2,
      v: (dx * (bottomLeft.x - origin.x) + dy * (bottomLeft.y - origin.y)) / height ** 2,
    };
  };
  const corners = [along(word.left, word.top), along(word.right, word.bottom)];
  const us = corners.map(({ u }) => u);
  const vs = corners.map(({ v }) => v);
  const [left, right, top, bottom] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
  const isInside = (middle: number): boolean => middle > 0 && middle < 1;
  if (!isInside((left + right) / 2) || !isInside((top + bottom) / 2)) return undefined;
  const share = (value: number): number => Math.max(0, Math.min(1, value));
  return { text: word.text, left: share(left), right: share(right), top: share(top), bottom: share(bottom) };
}

/** Where both have as many words, the places are those that were seen: they are fitted to the ink. */
function withWords(line: RecognizedLine, words: readonly RecognizedWord[]): RecognizedLine {
  if (words.length !== line.words.length) return { ...line, words };
  return { ...line, words: line.words.map((word, index) => ({ ...word, text: words[index]?.text ?? word.text })) };
}
