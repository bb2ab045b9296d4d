import type { LineCrop } from './crop-line.js';
import { joined, type RecognizedWord } from './recognized-line.js';
import { inkColumns } from './trim-to-ink.js';

/** What a script that readers part wrongly looks like. Gaps are in widths of a letter of the line, and chosen by hand. */
interface LooseScript {
  readonly letter: RegExp;
  /** A wider gap between two letters is a space. Korean has at most 0.26 within words and at least 0.4 between them. */
  readonly minSpace: number;
  /** Its punctuation. */
  readonly mark: RegExp;
  /** A wider gap beside its punctuation is a space. */
  readonly minSpaceByMark: number;
}

const looseScripts: readonly LooseScript[] = [
  { letter: /\p{Script=Hangul}/u, minSpace: 0.34, mark: /[\d.,!?%)(]/, minSpaceByMark: 0.34 },
  { letter: /\p{Script=Thai}/u, minSpace: 0.48, mark: /[.,!?%)(]/, minSpaceByMark: 0.48 },
  {
    // Letters fill a square each, and so do marks, of which half is empty.
    letter: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u,
    minSpace: 0.75,
    mark: /[\u3000-\u303f\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]/,
    minSpaceByMark: 1.4,
  },
  {
    letter: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u,
    minSpace: 0.75,
    mark: /[\w.,!?%)(]/,
    minSpaceByMark: 0.3,
  },
];

/** How far the ends of words are off, in pixels of a crop of 48. */
const tolerance = 2;
/** How far before a word the gap may be, in widths of a letter, if the word before it seems to reach into it. */
const overlapReach = 0.4;

/**
 * Joins words that a reader parted where there is no space: it parts Japanese and Thai by its dictionary, and Korean between
 * syllables. The ink tells how wide a gap is.
 * @param crop in which the words were read
 */
export function joinWords(words: readonly RecognizedWord[], crop: LineCrop): RecognizedWord[] {
  const loose = looseScripts.filter(({ letter }) => words.some(({ text }) => letter.test(text)));
  if (loose.length === 0) return [...words];
  const columns = inkColumns(crop);
  const letterWidths = new Map(loose.map((script) => [script, letterWidth(words, script, crop.width)]));
  const result: RecognizedWord[] = [];
  // The word that ends the last one of the result.
  let before: RecognizedWord | undefined;
  for (const word of words) {
    const last = result.at(-1);
    if (last !== undefined && before !== undefined && areOne(before, word, letterWidths, columns)) {
      result[result.length - 1] = joined(last, word);
    } else result.push(word);
    before = word;
  }
  return result;
}

function areOne(
  before: RecognizedWord,
  after: RecognizedWord,
  letterWidths: ReadonlyMap<LooseScript, number>,
  columns: readonly boolean[],
): boolean {
  const [end = '', start = ''] = [Array.from(before.text).at(-1), Array.from(after.text)[0]];
  if (/\p{M}/u.test(start)) return true;
  for (const [script, width] of letterWidths) {
    const maxGap = widestGap(script, end, start);
    if (maxGap !== undefined) return gapBetween(before, after, columns, width) <= maxGap * width;
  }
  return false;
}

/** The widest gap between two characters that is no space, undefined where any is one. */
function widestGap(
  { letter, mark, minSpace, minSpaceByMark }: LooseScript,
  end: string,
  start: string,
): number | undefined {
  const letters = [end, start].filter((character) => letter.test(character)).length;
  const marks = [end, start].filter((character) => mark.test(character)).length;
  if (letters === 2) return minSpace;
  // Two marks of ASCII may be those of a word in Latin.
  return letters + marks === 2 && (letters === 1 || !/[ -~]/.test(end)) ? minSpaceByMark : undefined;
}

/** Mean width of the letters of the words in a script, in pixels. Accents and vowels above or below a letter have none. */
function letterWidth(words: readonly RecognizedWord[], { letter }: LooseScript, lineWidth: number): number {
  let [width, letters] = [0, 0];
  for (const [index, { text, left, right }] of words.entries()) {
    if (!letter.test(text)) continue;
    width += (Math.min(right, words[index + 1]?.left ?? right) - left) * lineWidth;
    letters += Array.from(text).filter((character) => !/\p{M}/u.test(character)).length;
  }
  return width / Math.max(1, letters);
}

/** Width of the widest run of columns without ink at the border of two words, in pixels. */
function gapBetween(before: RecognizedWord, after: RecognizedWord, columns: readonly boolean[], width: number): number {
  const [end, start] = [before.right * columns.length, after.left * columns.length];
  let from = Math.floor(end <= start ? end : start - overlapReach * width) - tolerance;
  let to = Math.ceil(start) + tolerance;
  while (columns[from - 1] === false) from--;
  while (columns[to] === false) to++;
  let [widest, run] = [0, 0];
  for (let x = Math.max(0, from); x < Math.min(to, columns.length); x++) {
    run = columns[x] === true ? 0 : run + 1;
    widest = Math.max(widest, run);
  }
  return widest;
}
