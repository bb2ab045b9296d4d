/** Han, kana and their full-width punctuation: what tells a Chinese or Japanese line from a Latin one. */
export const hanCharacter = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;

export type Script = 'latin' | 'cyrillic' | 'han' | 'other';

/** A language that the API has a code for. */
export interface Language {
  /** ISO 639-1. */
  readonly code: string;
  /** Script of its letters. */
  readonly script: Script;
  /** Name of its Tesseract data, `NAME.traineddata`. */
  readonly tesseract: string;
}

const table: ReadonlyArray<readonly [code: string, tesseract: string, script: Script]> = [
  ['en', 'eng', 'latin'],
  ['ru', 'rus', 'cyrillic'],
  ['az', 'aze', 'latin'],
  ['ba', 'bak', 'cyrillic'],
  ['be', 'bel', 'cyrillic'],
  ['bg', 'bul', 'cyrillic'],
  ['bs', 'bos', 'latin'],
  ['cs', 'ces', 'latin'],
  ['da', 'dan', 'latin'],
  ['de', 'deu', 'latin'],
  ['es', 'spa', 'latin'],
  ['et', 'est', 'latin'],
  ['fi', 'fin', 'latin'],
  ['fr', 'fra', 'latin'],
  ['hu', 'hun', 'latin'],
  ['id', 'ind', 'latin'],
  ['it', 'ita', 'latin'],
  ['kk', 'kaz', 'cyrillic'],
  ['ky', 'kir', 'cyrillic'],
  ['lt', 'lit', 'latin'],
  ['lv', 'lav', 'latin'],
  ['mt', 'mlt', 'latin'],
  ['nl', 'nld', 'latin'],
  ['no', 'nor', 'latin'],
  ['pl', 'pol', 'latin'],
  ['pt', 'por', 'latin'],
  ['ro', 'ron', 'latin'],
  ['sk', 'slk', 'latin'],
  ['sl', 'slv', 'latin'],
  ['sr', 'srp', 'cyrillic'],
  ['sv', 'swe', 'latin'],
  ['tg', 'tgk', 'cyrillic'],
  ['tr', 'tur', 'latin'],
  ['tt', 'tat', 'cyrillic'],
  ['uk', 'ukr', 'cyrillic'],
  ['uz', 'uzb', 'latin'],
  ['vi', 'vie', 'latin'],
  ['ar', 'ara', 'other'],
  ['el', 'ell', 'other'],
  ['he', 'heb', 'other'],
  ['hy', 'hye', 'other'],
  ['ja', 'jpn', 'han'],
  ['ka', 'kat', 'other'],
  ['ko', 'kor', 'other'],
  ['th', 'tha', 'other'],
  ['zh', 'chi_sim', 'han'],
];

/** Every language by its code. */
export const languages: ReadonlyMap<string, Language> = new Map(
  table.map(([code, tesseract, script]) => [code, { code, tesseract, script }]),
);

/** Whether no neural recognizer reads a language: they read Latin, Cyrillic and Chinese. */
export function needsTesseract({ code, script }: Language): boolean {
  return script === 'other' || (script === 'han' && code !== 'zh');
}

const scripts: ReadonlyArray<readonly [Script, RegExp]> = [
  ['cyrillic', /\p{Script=Cyrillic}/gu],
  ['latin', /\p{Script=Latin}/gu],
  ['han', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu],
];

/** Script of most letters of a text, or undefined where it has none. */
export function scriptOf(text: string): Script | undefined {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return undefined;
  const counts = scripts.map(([script, pattern]) => [script, text.match(pattern)?.length ?? 0] as const);
  const [script, count] = counts.reduce((best, next) => (next[1] > best[1] ? next : best));
  return count * 2 >= letters ? script : 'other';
}
