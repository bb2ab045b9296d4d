import { francAll } from 'franc';
import { canSpell } from './alphabets.js';
import { scriptOf, type Language, type Script } from './languages.js';

/** Gives the language code of a word, from the word, its line and the page. */
export type WordLanguage = (word: string, line: string) => string | undefined;

/** So many letters say which of some languages they are in; fewer do not. */
const leastLetters = 20;
/** The second best language scores at most this much of the best when trigrams decide: short Slavic texts come close. */
const clearlyLess = 0.85;

/** Names that the trigram models have for what ISO 639-1 calls otherwise, by the name of the Tesseract data. */
const trigramNames: Readonly<Record<string, string>> = {
  ara: 'arb',
  aze: 'azj',
  est: 'ekk',
  lav: 'lvs',
  nor: 'nob',
  uzb: 'uzn',
  chi_sim: 'cmn',
};
/** There are no trigrams of these: nothing is decided between them and another. */
const withoutTrigrams = new Set(['bak', 'mlt']);

/**
 * The language of words among those of the request. The script decides; where it leaves several, the letters of the
 * word, then those of the line, then the trigrams of the line and of everything that the page has in that script
 * (Cavnar and Trenkle 1994, by franc). Where all of that leaves several, the one that the request names first. Implied
 * languages count where none of the request is written in the script.
 */
export function createWordLanguage(
  languages: readonly Language[],
  implied: readonly Language[],
  lines: readonly string[],
): WordLanguage {
  const ofPage = new Map<string, Language | undefined>();
  const pageDecides = (candidates: readonly Language[], script: Script): Language | undefined => {
    const key = candidates.map(({ code }) => code).join();
    if (!ofPage.has(key)) {
      const text = lines.filter((line) => scriptOf(line) === script).join('\n');
      ofPage.set(
        key,
        byLetters(candidates, text).length === 1 ? byLetters(candidates, text)[0] : byTrigrams(candidates, text),
      );
    }
    return ofPage.get(key);
  };
  return (word, line) => {
    const script = scriptOf(word) ?? scriptOf(line);
    if (script === undefined) return languages[0]?.code;
    const asked = languages.filter((language) => writes(language, script, word));
    const sameScript = asked.length > 0 ? asked : implied.filter((language) => writes(language, script, word));
    const own = scriptOf(line) === script ? line : word;
    const candidates = byLetters(byLetters(sameScript, word), own);
    const decided =
      candidates.length < 2 ? candidates[0] : (byTrigrams(candidates, own) ?? pageDecides(candidates, script));
    // A script that nobody asked for is a misreading: the first language takes it.
    return (decided ?? candidates[0] ?? languages[0])?.code;
  };
}

const otherScripts: Readonly<Record<string, RegExp>> = {
  ar: /\p{Script=Arabic}/u,
  el: /\p{Script=Greek}/u,
  he: /\p{Script=Hebrew}/u,
  hy: /\p{Script=Armenian}/u,
  ka: /\p{Script=Georgian}/u,
  ko: /\p{Script=Hangul}/u,
  th: /\p{Script=Thai}/u,
};
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

function writes({ code, script }: Language, wanted: Script, word: string): boolean {
  if (script !== wanted) return false;
  if (script === 'han') return code === 'ja' || !kana.test(word);
  return script !== 'other' || !/\p{L}/u.test(word) || (otherScripts[code]?.test(word) ?? true);
}

/** Those that can write the text, or all where none can: the reading of a letter may be wrong. */
function byLetters(candidates: readonly Language[], text: string): readonly Language[] {
  const able = candidates.filter((language) => canSpell(language, text));
  return able.length === 0 ? candidates : able;
}

function byTrigrams(candidates: readonly Language[], text: string): Language | undefined {
  if ((text.match(/\p{L}/gu)?.length ?? 0) < leastLetters) return undefined;
  if (candidates.some(({ tesseract }) => withoutTrigrams.has(tesseract))) return undefined;
  const names = candidates.map(({ tesseract }) => trigramNames[tesseract] ?? tesseract);
  const [best, second] = francAll(text, { only: names, minLength: leastLetters });
  if (best === undefined || (second !== undefined && second[1] > clearlyLess * best[1])) return undefined;
  return candidates[names.indexOf(best[0])];
}
