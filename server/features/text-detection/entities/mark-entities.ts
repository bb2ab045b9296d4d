import { textOf, type RecognizedLine, type RecognizedWord } from '../line/recognized-line.js';
import { findEntities, type EntityName } from './find-entities.js';

/** A word, or all words of an entity as one. */
export interface MarkedWord extends RecognizedWord {
  readonly entity?: EntityName;
}

/** Punctuation that stays with the entity before it, as it stays with any word. */
const closing = /^[.,;:!?)\]»"']+$/u;

/**
 * Makes every telephone number and address of a line one word, which holds spaces where it was several. What else was
 * in the words of it becomes words of their own, in places estimated from the number of characters.
 */
export function markEntities(line: RecognizedLine): MarkedWord[] {
  const pieces = withOffsets(line.words);
  const words: MarkedWord[] = [];
  let at = 0;
  for (const { name, start, end } of findEntities(textOf(line))) {
    const whole = pieces.filter((piece) => piece.end > start && piece.start < end);
    const [first, last] = [whole[0], whole.at(-1)];
    if (first === undefined || last === undefined) continue;
    const tail = textOf(line).slice(end, last.end);
    const stop = closing.test(tail) ? last.end : end;
    words.push(...cutOut(pieces, at, start), { ...joined(cutOut(pieces, start, stop)), entity: name });
    at = stop;
  }
  return [...words, ...cutOut(pieces, at, Infinity)];
}

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
function cutOut(pieces: readonly Piece[], from: number, to: number): RecognizedWord[] {
  return pieces.flatMap(({ word, start, end }) => {
    const [first, last] = [Math.max(from, start) - start, Math.min(to, end) - start];
    if (first >= last) return [];
    const place = (offset: number): number => word.left + ((word.right - word.left) * offset) / word.text.length;
    return [{ ...word, text: word.text.slice(first, last), left: place(first), right: place(last) }];
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
