import { editDistance } from '../../server/strings/edit-distance.js';
import { wordKey } from '../text-accuracy.js';
import type { Box, LabeledWord } from '../word-boxes.js';
import { areScriptTwins, foldDigits } from './look-alikes.js';

/** What became of a printed word, the first that fits. */
export const outcomes = [
  // The same word, alone.
  'right',
  // Nothing was read at its place.
  'nothing',
  // Spaces in it, or none between it and its neighbor.
  'spaces',
  // Letters of the other script that look the same.
  'script',
  // Its beginning or its end alone.
  'cut',
  // A digit for a letter that looks the same, or the reverse.
  'digits',
  // One or two characters.
  'characters',
  'other',
] as const;

export type Outcome = (typeof outcomes)[number];

export interface PlacedOutcome {
  readonly outcome: Outcome;
  /** All that was read at the place of the word, from left to right. */
  readonly read: string;
}

/**
 * What of an answer lies at the place of a printed word: each word whose center is in the printed word's box, or whose box
 * holds the center of the printed word. From left to right.
 */
export function readAt({ box }: LabeledWord, words: readonly LabeledWord[]): LabeledWord[] {
  return words
    .filter((word) => holds(box, centerOf(word.box)) || holds(word.box, centerOf(box)))
    .toSorted((a, b) => a.box[0] - b.box[0]);
}

/** Compares a printed word with what was read at its place, in lower case and without the punctuation around it. */
export function outcomeOf(label: LabeledWord, words: readonly LabeledWord[]): PlacedOutcome {
  const placed = readAt(label, words);
  const read = placed.map(({ text }) => text).join(' ');
  return { outcome: compare(wordKey(label.text), placed), read };
}

/** The words of entities, which hold spaces, with their shares of the box. */
export function splitAtSpaces(words: readonly LabeledWord[]): LabeledWord[] {
  return words.flatMap((word) => {
    const { text, box } = word;
    if (!/\s/.test(text)) return [word];
    const [left, top, right, bottom] = box;
    return [...text.matchAll(/\S+/g)].map((match): LabeledWord => {
      const at = (index: number): number => left + ((right - left) * index) / text.length;
      return { text: match[0], box: [at(match.index), top, at(match.index + match[0].length), bottom] };
    });
  });
}

function compare(printed: string, placed: readonly LabeledWord[]): Outcome {
  if (placed.length === 0) return 'nothing';
  if (placed.some(({ text }) => wordKey(text) === printed)) return 'right';
  const read = wordKey(placed.map(({ text }) => text).join(''));
  if (read.includes(printed)) return 'spaces';
  if (areScriptTwins(printed, read)) return 'script';
  if (read !== '' && (printed.startsWith(read) || printed.endsWith(read))) return 'cut';
  if (foldDigits(printed) === foldDigits(read)) return 'digits';
  return editDistance(printed, read) <= Math.min(2, printed.length / 2) ? 'characters' : 'other';
}

function centerOf([left, top, right, bottom]: Box): readonly [x: number, y: number] {
  return [(left + right) / 2, (top + bottom) / 2];
}

function holds([left, top, right, bottom]: Box, [x, y]: readonly [x: number, y: number]): boolean {
  return x >= left && x <= right && y >= top && y <= bottom;
}
