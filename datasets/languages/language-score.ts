import { scripts } from '../../server/features/text-detection/language/scripts.js';
import { editDistance } from '../../server/strings/edit-distance.js';
import { compareWords } from '../text-accuracy.js';
import type { LanguageSample } from './draw-language.js';

/** How well a sample was read. All are shares from 0 to 1, but a CER may be higher. */
export interface LanguageScore {
  /** Character error rate: edits over the characters of the sample. Every line break or space in a wrong place counts. */
  readonly cer: number;
  /** Words that are read, over those of the sample. A line without spaces is one word. */
  readonly wordRecall: number;
  /** Letters that are read in the script of the language, over all letters that are read. */
  readonly inScript: number;
}

/** @param read the text of the page: lines with a line break after each, an empty line between blocks */
export function scoreSample({ language, lines }: LanguageSample, read: string): LanguageScore {
  const expected = lines.join('\n').normalize('NFC');
  const actual = read.normalize('NFC').replaceAll(/\n+/g, '\n').trim();
  const { found, expected: words } = compareWords(expected, actual);
  // Those of no script are shared by all, such as the apostrophe in letters of Uzbek.
  const letters = actual.match(/(?!\p{Script=Common})\p{L}/gu) ?? [];
  const own = letters.filter((letter) => scripts[language.script].letter.test(letter));
  return {
    cer: editDistance(expected, actual) / expected.length,
    wordRecall: found / words,
    inScript: letters.length === 0 ? 0 : own.length / letters.length,
  };
}
