import { latinHomoglyph } from '../read/homoglyphs.js';

/** Letters that OCR reads for digits. */
const digitHomoglyphs = new Map(
  Object.entries({
    О: '0',
    O: '0',
    о: '0',
    o: '0',
    З: '3',
    з: '3',
    I: '1',
    l: '1',
    '|': '1',
    Б: '6',
    б: '6',
    S: '5',
    B: '8',
    В: '8',
  }),
);

/** A date with printed or misread separators. */
export const datePattern = /(?<!\d)(\d{2})[.,\- ]{1,2}(\d{2})[.,\- ]{1,2}((?:19|20)\d{2})(?!\d)/g;

/** The date of a match of `datePattern` as `DD.MM.YYYY`; undefined for a day that does not exist. */
export function dateOf([, day = '', month = '', year = '']: RegExpMatchArray): string | undefined {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCDate() === Number(day) && date.getUTCMonth() === Number(month) - 1
    ? `${day}.${month}.${year}`
    : undefined;
}

/** The first date of a text as `DD.MM.YYYY`. */
export function firstDate(text: string | undefined): string | undefined {
  for (const match of (text ?? '').matchAll(datePattern)) {
    const date = dateOf(match);
    if (date !== undefined) return date;
  }
  return undefined;
}

/** Compares dates of the form `DD.MM.YYYY`. */
export function byDate(a: string, b: string): number {
  const key = (date: string): string => date.split('.').toReversed().join('');
  return key(a) < key(b) ? -1 : 1;
}

/** The text with letters that look like digits replaced by them. */
export function asDigits(text: string): string {
  return Array.from(text)
    .map((character) => digitHomoglyphs.get(character) ?? character)
    .join('');
}

/** The text in capitals, with Cyrillic letters that look like Latin ones replaced by them. */
export function asLatin(text: string): string {
  return Array.from(text.toUpperCase(), latinHomoglyph).join('');
}

/** The words of at least two letters, which may have hyphens and apostrophes. */
export function nameOf(text: string | undefined): string | undefined {
  const words = (text ?? '').match(/\p{L}[\p{L}'-]*\p{L}/gu);
  return words === null ? undefined : words.join(' ');
}

const transliterations = new Map(
  Object.entries({
    А: 'A',
    Б: 'B',
    В: 'V',
    Г: 'G',
    Д: 'D',
    Е: 'E',
    Ё: 'E',
    Ж: 'ZH',
    З: 'Z',
    И: 'I',
    Й: 'I',
    К: 'K',
    Л: 'L',
    М: 'M',
    Н: 'N',
    О: 'O',
    П: 'P',
    Р: 'R',
    С: 'S',
    Т: 'T',
    У: 'U',
    Ф: 'F',
    Х: 'KH',
    Ц: 'TS',
    Ч: 'CH',
    Ш: 'SH',
    Щ: 'SHCH',
    Ъ: 'IE',
    Ы: 'Y',
    Ь: '',
    Э: 'E',
    Ю: 'IU',
    Я: 'IA',
  }),
);

/** A Russian word in Latin capitals (ICAO Doc 9303). */
export function transliterated(text: string): string {
  return Array.from(text.toUpperCase(), (letter) => transliterations.get(letter) ?? letter).join('');
}
