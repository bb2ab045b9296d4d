import { languages, type Language } from './languages.js';
import { scripts } from './scripts.js';

const alphabets = new Map(
  [...languages.values()].flatMap(({ code, script, letters }) => {
    if (letters === undefined) return [];
    const { own, lacking = '' } = letters;
    const shared = Array.from(scripts[script].shared ?? '').filter((letter) => !lacking.includes(letter));
    return [[code, new Set(shared.concat(Array.from(own)))] as const];
  }),
);

/**
 * Whether the alphabet of a language has all Latin and Cyrillic letters of a text. A language that lacks one of them is
 * not the language of the text. True for languages that are alone in their script.
 */
export function canSpell({ code }: Language, text: string): boolean {
  const alphabet = alphabets.get(code);
  const letters =
    text
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{Script=Latin}\p{Script=Cyrillic}]/gu) ?? [];
  return alphabet === undefined || letters.every((letter) => alphabet.has(letter));
}

/** Breve, ring, macron, dot and horn, which look alike in small print. */
const similarMarks = /[\u0306\u030a\u0304\u0307\u031b]/u;

/**
 * A word with its letters replaced that the alphabet of its language lacks, if there is just one that differs by a similar
 * mark: ă in Danish is å.
 */
export function withinAlphabet({ code }: Language, word: string): string {
  const alphabet = alphabets.get(code);
  if (alphabet === undefined) return word;
  return Array.from(word.normalize('NFC'), (letter) => {
    const small = letter.toLowerCase();
    if (alphabet.has(small) || !similarMarks.test(small.normalize('NFD'))) return letter;
    const [similar, ...others] = [...alphabet].filter((other) => differBySimilarMark(small, other));
    if (similar === undefined || others.length > 0) return letter;
    return letter === small ? similar : similar.toUpperCase();
  }).join('');
}

function differBySimilarMark(a: string, b: string): boolean {
  const [baseA, ...marksA] = a.normalize('NFD');
  const [baseB, ...marksB] = b.normalize('NFD');
  return baseA === baseB && [marksA, marksB].every((marks) => marks.length === 1 && similarMarks.test(marks.join('')));
}
