import { francAll } from 'franc';
import { canSpell } from './alphabets.js';
import type { Language } from './languages.js';
import { canWrite, scriptFamilyOf, scripts, type ScriptFamily } from './scripts.js';

/** Returns the language code of a word, from the word, its line and the page. */
export type WordLanguage = (word: string, line: string) => string | undefined;

/** Trigrams of a text with fewer letters decide nothing. This and the next were chosen by hand. */
const minLetters = 20;
/**
 * Trigrams decide only if the second best language scores at most this share of the best. Texts in two Slavic languages
 * score nearly the same when they are short.
 */
const maxSecondScore = 0.85;

/**
 * Chooses the language of each word among those of the request: by script first; then by the letters of the word and of
 * its line; then by trigrams (Cavnar and Trenkle 1994, with franc) of the line and of all lines of the page in that
 * script. If several languages remain, the first in the request wins. Implied languages count where no language of the
 * request is written in the script.
 */
export function createWordLanguage(
  languages: readonly Language[],
  implied: readonly Language[],
  lines: readonly string[],
): WordLanguage {
  const pageLanguages = new Map<string, Language | undefined>();
  const languageOfPage = (candidates: readonly Language[], family: ScriptFamily): Language | undefined => {
    const key = candidates.map(({ code }) => code).join();
    if (!pageLanguages.has(key)) {
      const text = lines.filter((line) => scriptFamilyOf(line) === family).join('\n');
      const spelled = ableToSpell(candidates, text);
      pageLanguages.set(key, spelled.length === 1 ? spelled[0] : nearestByTrigrams(candidates, text));
    }
    return pageLanguages.get(key);
  };
  return (word, line) => {
    const family = scriptFamilyOf(word) ?? scriptFamilyOf(line);
    if (family === undefined) return languages[0]?.code;
    const isWritten = ({ script }: Language): boolean => canWrite(scripts[script], word, family);
    const requested = languages.filter(isWritten);
    const sameScript = requested.length > 0 ? requested : implied.filter(isWritten);
    const context = scriptFamilyOf(line) === family ? line : word;
    const candidates = ableToSpell(ableToSpell(sameScript, word), context);
    const decided =
      candidates.length < 2
        ? candidates[0]
        : (nearestByTrigrams(candidates, context) ?? languageOfPage(candidates, family));
    // A script of no language in the request is a misreading: the word gets the first language.
    return (decided ?? candidates[0] ?? languages[0])?.code;
  };
}

/** The languages that have all letters of the text. All of them if none has, because a letter may be misread. */
function ableToSpell(candidates: readonly Language[], text: string): readonly Language[] {
  const able = candidates.filter((language) => canSpell(language, text));
  return able.length === 0 ? candidates : able;
}

function nearestByTrigrams(candidates: readonly Language[], text: string): Language | undefined {
  if ((text.match(/\p{L}/gu)?.length ?? 0) < minLetters) return undefined;
  const names = candidates.flatMap(({ trigrams }) => trigrams ?? []);
  if (names.length < candidates.length) return undefined;
  const [best, second] = francAll(text, { only: names, minLength: minLetters });
  if (best === undefined || (second !== undefined && second[1] > maxSecondScore * best[1])) return undefined;
  return candidates[names.indexOf(best[0])];
}
