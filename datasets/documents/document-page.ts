import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LabeledWord } from '../word-boxes.js';

/** An image of a page whose words are known with their places. */
export interface DocumentPage {
  readonly path: string;
  /** For example `prose`, `table`, `code` or `catalogue`. */
  readonly kind: string;
  /** ISO 639-1 code of the language of most words. */
  readonly language: string;
  /** Codes to ask for. */
  readonly languages: readonly string[];
  /** Words by lines, boxes in pixels. */
  readonly lines: ReadonlyArray<readonly LabeledWord[]>;
}

/**
 * Reads `documents.json`, in the folder or beside it: a list of `{ image, kind, language, languages, lines }`, where `image`
 * is a file of the folder and a line is a list of `[word, left, top, right, bottom]`. Entries without their image are
 * left out.
 */
export function readDocuments(folder: string): DocumentPage[] {
  const inside = join(folder, 'documents.json');
  const list = existsSync(inside) ? inside : join(dirname(folder), 'documents.json');
  const entries: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(entries)) throw new Error(`${list} is not a list`);
  return entries.map((entry) => parsePage(entry, folder, list)).filter(({ path }) => existsSync(path));
}

/** The same page with an image of another size. */
export function scaledPage(page: DocumentPage, path: string, scale: number): DocumentPage {
  const scaled = ({ text, box: [left, top, right, bottom] }: LabeledWord): LabeledWord => ({
    text,
    box: [left * scale, top * scale, right * scale, bottom * scale],
  });
  return { ...page, path, lines: page.lines.map((line) => line.map(scaled)) };
}

/** The words of a page as a person would type them. */
export function textOfPage({ lines }: DocumentPage): string {
  return lines.map((line) => line.map(({ text }) => text).join(' ')).join('\n');
}

function parsePage(entry: unknown, folder: string, list: string): DocumentPage {
  const isPage = (
    value: unknown,
  ): value is { image: string; kind: string; language: string; languages: string[]; lines: unknown[] } =>
    typeof value === 'object' &&
    value !== null &&
    ['image', 'kind', 'language', 'languages', 'lines'].every((key) => key in value) &&
    'lines' in value &&
    Array.isArray(value.lines);
  if (!isPage(entry)) throw new Error(`${list} has an entry without image, kind, language, languages and lines`);
  const { image, kind, language, languages } = entry;
  const lines = entry.lines.map((line) => {
    if (!Array.isArray(line)) throw new Error(`${list} has a line that is not a list of words`);
    return line.map((word) => parseWord(word, list));
  });
  return { path: join(folder, image), kind, language, languages, lines };
}

function parseWord(word: unknown, list: string): LabeledWord {
  if (Array.isArray(word)) {
    const [left, top, right, bottom] = word.slice(1).map(Number);
    if (left !== undefined && top !== undefined && right !== undefined && bottom !== undefined) {
      return { text: String(word[0]), box: [left, top, right, bottom] };
    }
  }
  throw new Error(`${list} has a word that is not [word, left, top, right, bottom]`);
}
