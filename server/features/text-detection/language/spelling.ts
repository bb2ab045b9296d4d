import { withinAlphabet } from './alphabets.js';
import type { Language } from './languages.js';

/** A word of a line, with those beside it. Empty where there is none. */
export interface WordInLine {
  readonly before: string;
  readonly word: string;
  readonly after: string;
}

const lowerCase = /\p{Ll}/u;

/** What readers write for a letter that they do not know, by the language of the word. */
const substitutes: Readonly<Partial<Record<string, (place: WordInLine) => string>>> = {
  // Tesseract's data have the micro sign beside mu. A unit, as in 10 µm, has no other Greek letter.
  el: ({ word }) => (/(?!µ)\p{Script=Greek}/u.test(word) || word === 'µε' ? word.replaceAll('µ', 'μ') : word),
  // Tesseract's data lack the ligature "and", which is the only word of one letter that looks like this.
  hy: ({ before, word, after }) => {
    const isWithinSentence = lowerCase.test(before.at(-1) ?? '') && lowerCase.test(after.at(0) ?? '');
    return word === 'ն' || (word === 'Ա' && isWithinSentence) ? 'և' : word;
  },
  // The first recognizer lacks both. The first is part of a letter, the second stands between letters.
  uz: ({ word }) =>
    word.replaceAll(/(?<=[og])['‘’“”`](?=\p{L}|$)/giu, 'ʻ').replaceAll(/(?<=\p{L})['‘’“”`](?=\p{L})/gu, 'ʼ'),
};

/** The word as its language spells it, where a letter was read as one that the language does not have. */
export function spellWord(place: WordInLine, language: Language): string {
  return withinAlphabet(language, substitutes[language.code]?.(place) ?? place.word);
}
