/** Groups of scripts between which a text is classified. `han` is Chinese and Japanese. */
export type ScriptFamily = 'latin' | 'cyrillic' | 'han' | 'other';

export interface Script {
  readonly family: ScriptFamily;
  /** Matches one of its letters. */
  readonly letter: RegExp;
  /** Matches a letter of the same family that text in this script never has. */
  readonly excluded?: RegExp;
  /** Letters that nearly all of its languages share. Only scripts of several languages have them. */
  readonly shared?: string;
}

const table = {
  latin: { family: 'latin', letter: /\p{Script=Latin}/u, shared: 'abcdefghijklmnopqrstuvwxyz' },
  cyrillic: { family: 'cyrillic', letter: /\p{Script=Cyrillic}/u, shared: 'абвгдежзийклмнопрстуфхцчшщьюя' },
  chinese: { family: 'han', letter: /\p{Script=Han}/u, excluded: /[\p{Script=Hiragana}\p{Script=Katakana}]/u },
  japanese: { family: 'han', letter: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u },
  arabic: { family: 'other', letter: /\p{Script=Arabic}/u },
  armenian: { family: 'other', letter: /\p{Script=Armenian}/u },
  georgian: { family: 'other', letter: /\p{Script=Georgian}/u },
  greek: { family: 'other', letter: /\p{Script=Greek}/u },
  hangul: { family: 'other', letter: /\p{Script=Hangul}/u },
  hebrew: { family: 'other', letter: /\p{Script=Hebrew}/u },
  thai: { family: 'other', letter: /\p{Script=Thai}/u },
} satisfies Record<string, Script>;

export type ScriptName = keyof typeof table;

/** Every script of the API's languages. Which recognizer reads it is in `read/recognizers.ts`. */
export const scripts: Readonly<Record<ScriptName, Script>> = table;

/** Matches Han, kana and their full-width punctuation, which no line of another script has. */
export const hanCharacter = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;

/** Of two families with as many letters in a text, the first one counts. */
const familyLetters: ReadonlyArray<readonly [ScriptFamily, RegExp]> = [
  ['cyrillic', new RegExp(table.cyrillic.letter, 'gu')],
  ['latin', new RegExp(table.latin.letter, 'gu')],
  ['han', new RegExp(table.japanese.letter, 'gu')],
];

/** The family of at least half of the letters of a text, `other` where none has as many, undefined without letters. */
export function scriptFamilyOf(text: string): ScriptFamily | undefined {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return undefined;
  const counts = familyLetters.map(([family, letter]) => [family, text.match(letter)?.length ?? 0] as const);
  const [family, count] = counts.reduce((best, next) => (next[1] > best[1] ? next : best));
  return count * 2 >= letters ? family : 'other';
}

/** Whether a word of that family, or one without letters in a line of that family, can be in the script. */
export function canWrite({ family, letter, excluded }: Script, word: string, familyOfWord: ScriptFamily): boolean {
  if (family !== familyOfWord || excluded?.test(word) === true) return false;
  return letter.test(word) || !/\p{L}/u.test(word);
}
