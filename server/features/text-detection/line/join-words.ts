import { joined, type RecognizedWord } from './recognized-line.js';

/** Letters and signs of scripts that have no spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\u30fc\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]/u;
const hangul = /\p{Script=Hangul}/u;
/** A gap between syllables of Hangul is a space if it is wider than this, in heights of the line. */
const minHangulSpace = 0.12;

/**
 * Joins words that a reader parted where there is no space: it parts Japanese and Thai by its dictionary, and Korean between
 * syllables.
 * @param aspect width of the line over its height
 */
export function joinWords(words: readonly RecognizedWord[], aspect: number): RecognizedWord[] {
  const result: RecognizedWord[] = [];
  for (const word of words) {
    const last = result.at(-1);
    if (last !== undefined && areOne(last, word, aspect)) result[result.length - 1] = joined(last, word);
    else result.push(word);
  }
  return result;
}

function areOne(before: RecognizedWord, after: RecognizedWord, aspect: number): boolean {
  const [end = '', start = ''] = [Array.from(before.text).at(-1), Array.from(after.text)[0]];
  if (unspaced.test(end) && unspaced.test(start)) return true;
  return hangul.test(end) && hangul.test(start) && (after.left - before.right) * aspect < minHangulSpace;
}
