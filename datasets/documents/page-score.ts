import { orderAgreement } from '../reading-order.js';
import { bagOf, compareWords, wordKey, type WordCounts } from '../text-accuracy.js';
import { wordBoxOverlaps, type BoxOverlap, type LabeledWord } from '../word-boxes.js';
import { textOfPage, type DocumentPage } from './document-page.js';
import { outcomeOf, splitAtSpaces, type Outcome, type PlacedOutcome } from './word-outcome.js';

/** A printed word that was not read. */
export interface WrongWord {
  readonly printed: string;
  readonly read: string;
  readonly outcome: Outcome;
}

/** How well a page was read. */
export interface PageScore {
  /** As bags of words. */
  readonly words: WordCounts;
  /** Printed lines that hold a word or a number. */
  readonly lines: number;
  /** Lines where nothing was read at the place of any of their words. */
  readonly missingLines: number;
  /** Lines without a word that was read right at its place. */
  readonly unreadLines: number;
  /**
   * Lines that are not missing, but of whose first or last word nothing was read at its place, or only its beginning or its
   * end. Words of one character do not count.
   */
  readonly cutLines: number;
  /** Printed numbers, marks inside them included, and how many of them were read, as bags. */
  readonly numbers: { readonly found: number; readonly expected: number };
  /** Kendall's tau. Undefined where too few words can be compared. */
  readonly order: number | undefined;
  /** Of words that are read right. */
  readonly overlaps: readonly BoxOverlap[];
  /** Printed words that the answer has not, or not often enough. Their number is `words.expected - words.found`. */
  readonly wrong: readonly WrongWord[];
  /** Words that were read and are not printed, or not so often. */
  readonly extra: readonly string[];
}

/**
 * @param text of an answer, as a person would type it
 * @param words of the same answer, in pixels of the page's image
 */
export function scorePage(page: DocumentPage, text: string, words: readonly LabeledWord[]): PageScore {
  const placed = splitAtSpaces(words);
  const lines = page.lines
    .map((line) => line.filter((word) => wordKey(word.text) !== ''))
    .filter((line) => line.length > 0)
    .map((line) => line.map((label) => ({ printed: label.text, ...outcomeOf(label, placed) })));
  const expected = textOfPage(page);
  const [wanted, read] = [bagOf(expected), bagOf(text)];
  return {
    words: compareWords(expected, text),
    lines: lines.length,
    missingLines: lines.filter(isMissing).length,
    unreadLines: lines.filter((line) => line.every(({ outcome }) => outcome !== 'right')).length,
    cutLines: lines.filter((line) => !isMissing(line) && isCut(line)).length,
    numbers: compareNumbers(wanted, read),
    order: orderAgreement(expected, text),
    overlaps: wordBoxOverlaps(page.lines.flat(), words),
    wrong: wrongWords(lines.flat(), read),
    extra: [...subtract(read, wanted)].flatMap(([word, count]) => Array.from({ length: count }, () => word)),
  };
}

type Printed = PlacedOutcome & { readonly printed: string };

function isMissing(line: readonly Printed[]): boolean {
  return line.every(({ outcome }) => outcome === 'nothing');
}

function isCut(line: readonly Printed[]): boolean {
  return [line[0], line.at(-1)].some(
    (word) =>
      word !== undefined && wordKey(word.printed).length > 1 && (word.outcome === 'cut' || word.outcome === 'nothing'),
  );
}

/** A word may be read elsewhere, so it is wrong only if the bag of what was read lacks it; words right in place go first. */
function wrongWords(printed: readonly Printed[], read: ReadonlyMap<string, number>): WrongWord[] {
  const left = new Map(read);
  const isTaken = ({ printed: word }: Printed): boolean => {
    const count = left.get(wordKey(word)) ?? 0;
    if (count > 0) left.set(wordKey(word), count - 1);
    return count > 0;
  };
  const ordered = [
    ...printed.filter(({ outcome }) => outcome === 'right'),
    ...printed.filter(({ outcome }) => outcome !== 'right'),
  ];
  return ordered.filter((word) => !isTaken(word));
}

function compareNumbers(
  wanted: ReadonlyMap<string, number>,
  read: ReadonlyMap<string, number>,
): { found: number; expected: number } {
  let [found, expected] = [0, 0];
  for (const [word, count] of wanted) {
    if (!isNumber(word)) continue;
    expected += count;
    found += Math.min(count, read.get(word) ?? 0);
  }
  return { found, expected };
}

/** Whether a word is digits and marks between them, such as `1,5`, `12.08.2013` or `8-800`. */
function isNumber(word: string): boolean {
  return /^\d[^\p{L}]*$/u.test(word);
}

function subtract(bag: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): Map<string, number> {
  return new Map(
    [...bag]
      .map(([word, count]): [string, number] => [word, count - (other.get(word) ?? 0)])
      .filter(([, count]) => count > 0),
  );
}
