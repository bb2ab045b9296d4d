import type { Rectangle } from '../../../image/polygon.js';
import { unionOf } from '../line/geometry.js';
import { byDate, dateOf, datePattern } from './values.js';

/** A word of a document, its bounds on the image, and its bounds if the text of the page ran level. */
export interface DocumentWord {
  readonly text: string;
  readonly bounds: Rectangle;
  readonly upright: Rectangle;
}

export interface DocumentLine {
  readonly words: readonly DocumentWord[];
  /** 0 to 1. */
  readonly confidence: number;
  /** Whether it has the direction of most of the text. The number of a passport runs down its edge. */
  readonly isLevel: boolean;
}

/** A field of a document, in the format of the API. */
export interface Field {
  readonly name: string;
  readonly text: string;
  /** Of the words that it was read from. */
  readonly bounds: Rectangle;
  readonly confidence: number;
}

/** Reads the fields of a kind of document. */
export interface Template {
  /** Finds the fields. Those that are missing are left out. */
  readonly read: (lines: readonly DocumentLine[]) => Field[];
  /** Whether it has text that runs down the page, which is read on the rotated page. */
  readonly hasVerticalText?: true;
}

/** Words that are read as one text. */
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

/** The field whose value was read from a passage, or nothing if there is no value. */
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

/** The first match of a pattern, and the words in which it lies. */
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

/** All matches of a global pattern, and the words in which they lie. */
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

/** The different dates of a document as `DD.MM.YYYY`, the earliest first. */
export function findDates(lines: readonly DocumentLine[]): FoundDate[] {
  const passages = new Map<string, Passage>();
  for (const { match, passage } of findAll(lines, datePattern)) {
    const date = dateOf(match);
    if (date !== undefined && !passages.has(date)) passages.set(date, passage);
  }
  return Array.from(passages, ([date, passage]) => ({ date, passage })).toSorted((a, b) => byDate(a.date, b.date));
}

function wordsWithin({ words }: DocumentLine, start: number, length: number): DocumentWord[] {
  let offset = 0;
  return words.filter(({ text }) => {
    const wordStart = offset;
    offset += text.length + 1;
    return wordStart < start + length && wordStart + text.length > start;
  });
}
