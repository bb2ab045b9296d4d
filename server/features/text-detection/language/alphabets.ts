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
