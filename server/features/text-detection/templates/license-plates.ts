import type { Rectangle } from '../../../image/polygon.js';
import { unionOf } from '../line/geometry.js';
import { lineText, type DocumentLine, type DocumentWord } from './document.js';
import { asLatin } from './values.js';

/** A license plate. */
export interface Plate {
  /** Latin capitals and digits without spaces. */
  readonly text: string;
  readonly words: readonly DocumentWord[];
  readonly confidence: number;
}

/** Letters of Russian plates: the homoglyphs of Cyrillic and Latin (GOST R 50577). */
const letter = '[ABEKMHOPCTYX]';
const digit = '[0-9]';

/** Formats of plates without spaces and hyphens: L a letter of Russian plates, A any letter, D a digit. */
const formats: readonly string[] = [
  // Russia: cars, taxis, trailers, motorcycles, police.
  'LDDDLLDD',
  'LDDDLLDDD',
  'LLDDDDD',
  'LLDDDDDD',
  'LLDDDDDDD',
  'DDDDLLDD',
  'DDDDLLDDD',
  'LDDDDDD',
  'LDDDDDDD',
  // Ukraine, Belarus, Kazakhstan.
  'AADDDDAA',
  'DDDDAAD',
  'DDDAADD',
  'DDDAAADD',
  'ADDDAAADD',
];
const lettersForDigits = new Map(
  Object.entries({ O: '0', D: '0', Q: '0', I: '1', L: '1', Z: '2', B: '8', S: '5', G: '6' }),
);
const digitsForLetters = new Map(Object.entries({ '0': 'O', '8': 'B', '4': 'A' }));
const country = /(?:RUS|RU|UA|BY|KZ)$/;
/** Of the longest plate with its country. */
const maxCharacters = 12;

/**
 * The plate in a text, in Latin capitals and digits, or undefined. Letters and digits that look alike are corrected by
 * their position in the format.
 */
export function readPlate(text: string): string | undefined {
  const characters = charactersOf(text);
  return plateIn(characters) ?? plateIn(characters.replace(country, ''));
}

function charactersOf(text: string): string {
  return asLatin(text).replaceAll(/[^A-Z0-9]/g, '');
}

function plateIn(characters: string): string | undefined {
  for (const format of formats) {
    if (format.length !== characters.length) continue;
    const fitted = Array.from(characters).map((character, at) => fit(character, format[at]!));
    if (fitted.every((character) => character !== undefined)) return fitted.join('');
  }
  return undefined;
}

function fit(character: string, place: string): string | undefined {
  const pattern = new RegExp(place === 'D' ? digit : place === 'L' ? letter : '[A-Z]');
  if (pattern.test(character)) return character;
  const other = (place === 'D' ? lettersForDigits : digitsForLetters).get(character);
  return other !== undefined && pattern.test(other) ? other : undefined;
}

/** A line that may be a plate, or a part of one. */
interface Candidate {
  readonly line: DocumentLine;
  readonly upright: Rectangle;
}

/** Finds plates. The region of a Russian plate is in smaller print and may be a separate line. */
export function findPlates(lines: readonly DocumentLine[]): Plate[] {
  const plates: Plate[] = [];
  const used = new Set<DocumentLine>();
  const short = lines
    .filter((line) => charactersOf(lineText(line)).length <= maxCharacters)
    .map((line): Candidate => ({ line, upright: unionOf(line.words.map(({ upright }) => upright)) }));
  for (const own of short) {
    const { line } = own;
    if (used.has(line)) continue;
    const candidates = [[line], ...adjacentLines(own, short).map((other) => [line, other])];
    for (const candidate of candidates.toReversed()) {
      const text = readPlate(candidate.map(lineText).join(''));
      if (text === undefined) continue;
      for (const part of candidate) used.add(part);
      plates.push({
        text,
        words: candidate.flatMap(({ words }) => words),
        confidence: Math.min(...candidate.map(({ confidence }) => confidence)),
      });
      break;
    }
  }
  return plates;
}

/** The lines right after a line, or below it as on plates of two rows. */
function adjacentLines(candidate: Candidate, candidates: readonly Candidate[]): DocumentLine[] {
  const own = candidate.upright;
  const height = own.bottom - own.top;
  const adjacent = candidates.filter(({ line, upright: { left, top, right, bottom } }) => {
    if (line === candidate.line) return false;
    const isAfter =
      left >= own.right - height &&
      left - own.right < height &&
      (top + bottom) / 2 > own.top &&
      (top + bottom) / 2 < own.bottom;
    const isBelow = top >= own.bottom - height / 2 && top - own.bottom < height && left < own.right && right > own.left;
    return isAfter || isBelow;
  });
  return adjacent.map(({ line }) => line);
}
