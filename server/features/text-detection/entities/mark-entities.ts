import { textOf, type RecognizedLine, type RecognizedWord } from '../line/recognized-line.js';
import { findEntities, type EntityName } from './find-entities.js';

/** A word, or all words of an entity as one word. */
export interface MarkedWord extends RecognizedWord {
  readonly entity?: EntityName;
}

/** Punctuation that stays with the entity before it, as with any word. */
const closingPunctuation = /^[.,;:!?)\]»"']+$/u;

/**
 * Makes each entity of a line one word, with spaces if it was several. The rest of these words becomes separate words,
 * placed by the number of characters.
 */
export function markEntities(line: RecognizedLine): MarkedWord[] {
  const pieces = withOffsets(line.words);
  const words: MarkedWord[] = [];
  let at = 0;
  for (const { name, start, end } of findEntities(textOf(line))) {
    const touched = pieces.filter((piece) => piece.end > start && piece.start < end);
    const [first, last] = [touched[0], touched.at(-1)];
    if (first === undefined || last === undefined) continue;
    const tail = textOf(line).slice(end, last.end);
    const stop = closingPunctuation.test(tail) ? last.end : end;
    words.push(...wordsBetween(pieces, at, start), { ...joined(wordsBetween(pieces, start, stop)), entity: name });
    at = stop;
  }
  return [...words, ...wordsBetween(pieces, at, Infinity)];
}

/** A word, and its offsets in the text of the line. */
interface Piece {
  readonly word: RecognizedWord;
  readonly start: number;
  readonly end: number;
}

function withOffsets(words: readonly RecognizedWord[]): Piece[] {
  let at = 0;
  return words.map((word) => {
    const start = at;
    at += word.text.length + 1;
    return { word, start, end: start + word.text.length };
  });
}

/** The words, and parts of words, between two offsets in the text of the line. */
function wordsBetween(pieces: readonly Piece[], from: number, to: number): RecognizedWord[] {
  return pieces.flatMap(({ word, start, end }) => {
    const [first, last] = [Math.max(from, start) - start, Math.min(to, end) - start];
    if (first >= last) return [];
    const positionOf = (offset: number): number => word.left + ((word.right - word.left) * offset) / word.text.length;
    return [{ ...word, text: word.text.slice(first, last), left: positionOf(first), right: positionOf(last) }];
  });
}

function joined(words: readonly RecognizedWord[]): RecognizedWord {
  return {
    text: words.map(({ text }) => text).join(' '),
    left: Math.min(...words.map(({ left }) => left)),
    right: Math.max(...words.map(({ right }) => right)),
    top: Math.min(...words.map(({ top }) => top)),
    bottom: Math.max(...words.map(({ bottom }) => bottom)),
  };
}
