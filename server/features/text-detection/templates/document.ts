import type { Rectangle } from '../../../image/polygon.js';
import { unionOf } from '../line/geometry.js';
import { byDate, dateOf, datePattern } from './values.js';

/** A word of a document: where it is on the image, and where it would be if the text ran straight. */
export interface DocumentWord {
  readonly text: string;
  readonly bounds: Rectangle;
  readonly upright: Rectangle;
}

export interface DocumentLine {
  readonly words: readonly DocumentWord[];
  /** 0 to 1. */
  readonly confidence: number;
  /** Whether the line runs as most of the text does: the number of a passport runs down its edge. */
  readonly isLevel: boolean;
}

/** What a template found: the value in the format of the API, and the words it was read from. */
export interface Field {
  readonly name: string;
  readonly text: string;
  readonly bounds: Rectangle;
  readonly confidence: number;
}

/** Knows the fields of a kind of document. */
export interface Template {
  /** Finds the fields. One that is not there is left out. */
  readonly read: (lines: readonly DocumentLine[]) => Field[];
  /** Whether something on it runs down the page: that is looked for with the page turned. */
  readonly hasVerticalText?: true;
}

/** Words that belong together. */
export interface Passage {
  readonly text: string;
  readonly words: readonly DocumentWord[];
  readonly confidence: number;
}

export interface FoundDate {
  readonly date: string;
  readonly passage: Passage;
}

export function lineText({ words }: DocumentLine): string {
  return words.map(({ text }) => text).join(' ');
}

export function passageOf(line: DocumentLine): Passage {
  return { text: lineText(line), words: line.words, confidence: line.confidence };
}

/** A field whose value was read from a passage; undefined where there is no value. */
export function fieldOf(name: string, text: string | undefined, passage: Passage | undefined): Field[] {
  if (text === undefined || text === '' || passage === undefined || passage.words.length === 0) return [];
  return [
    {
      name,
      text: text.toLowerCase(),
      bounds: unionOf(passage.words.map(({ bounds }) => bounds)),
      confidence: passage.confidence,
    },
  ];
}

/** The first line that a pattern matches, as the passage of the words in which the match lies. */
export function findPattern(
  lines: readonly DocumentLine[],
  pattern: RegExp,
): { match: RegExpMatchArray; passage: Passage } | undefined {
  for (const line of lines) {
    const match = lineText(line).match(pattern);
    if (match !== null) {
      return { match, passage: { ...passageOf(line), words: wordsWithin(line, match.index ?? 0, match[0].length) } };
    }
  }
  return undefined;
}

/** All matches of a global pattern in all lines. */
export function findAll(
  lines: readonly DocumentLine[],
  pattern: RegExp,
): Array<{ match: RegExpMatchArray; passage: Passage }> {
  return lines.flatMap((line) =>
    [...lineText(line).matchAll(pattern)].map((match) => ({
      match,
      passage: { ...passageOf(line), words: wordsWithin(line, match.index, match[0].length) },
    })),
  );
}

/** All dates, the earliest first, each once, as `DD.MM.YYYY`. */
export function findDates(lines: readonly DocumentLine[]): FoundDate[] {
  const found = findAll(lines, datePattern).flatMap(({ match, passage }) => {
    const date = dateOf(match);
    return date === undefined ? [] : [{ date, passage }];
  });
  const once = found.filter(({ date }, at) => found.findIndex((other) => other.date === date) === at);
  return once.toSorted((a, b) => byDate(a.date, b.date));
}

function wordsWithin({ words }: DocumentLine, start: number, length: number): DocumentWord[] {
  let at = 0;
  return words.filter(({ text }) => {
    const from = at;
    at += text.length + 1;
    return from < start + length && from + text.length > start;
  });
}
