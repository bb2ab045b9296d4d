import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from './command.js';
import { leftOutLine, readImageFolder } from './image-folder.js';

/** An image that is to be imported: its file, and what to keep of it. */
export interface ImportItem {
  readonly file: string;
  readonly id: string;
  readonly imageUrl: string;
  readonly pageUrl: string;
  readonly title: string;
  readonly description: string;
}

/** What is to be imported. */
export interface ImportSource {
  readonly items: readonly ImportItem[];
  /** A line about files that are no images, or nothing. */
  readonly leftOut: string;
}

const columns = ['id', 'imageUrl', 'pageUrl', 'title', 'description'] as const;
const maxIdLength = 128;

/**
 * What is to be imported: the images of a folder, or the rows of a CSV or JSONL file.
 * @throws UsageError that names the source, and the row in it
 */
export async function readSource(source: string): Promise<ImportSource> {
  const kind = await stat(source).catch(() => undefined);
  if (kind === undefined) throw new UsageError(`${source} does not exist.`);
  if (kind.isDirectory()) return readFolder(source);
  if (/\.csv$/i.test(source)) return { items: await readRows(source, parseCsv), leftOut: '' };
  if (/\.jsonl$/i.test(source)) return { items: await readRows(source, parseJsonLines), leftOut: '' };
  throw new UsageError(`${source} is neither a folder nor a .csv or .jsonl file.`);
}

/** The id of a file is its path within the folder, so that it is found again when the import is repeated. */
function readFolder(folder: string): ImportSource {
  const found = readImageFolder(folder);
  return { items: found.images.map((name) => itemOf({ file: name }, folder)), leftOut: leftOutLine(found) };
}

async function readRows(path: string, parse: (text: string) => Array<Record<string, unknown>>): Promise<ImportItem[]> {
  const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  try {
    return parse(text).map((row, index) => {
      const unknown = Object.keys(row).filter((key) => key !== 'file' && !columns.some((column) => column === key));
      if (unknown.length > 0) throw new UsageError(`row ${index + 1} has an unknown column "${unknown[0]}". Known: file, ${columns.join(', ')}`);
      return itemOf(row, dirname(path), index + 1);
    });
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function itemOf(row: Readonly<Record<string, unknown>>, folder: string, position?: number): ImportItem {
  const text = (key: string): string => {
    const value = row[key] ?? '';
    if (typeof value !== 'string') throw new UsageError(`row ${position}: ${key} is not a string`);
    return value;
  };
  if (text('file') === '') throw new UsageError(`row ${position} has no file`);
  const file = resolve(folder, text('file'));
  const name = relative(folder, file).split(sep).join('/');
  const byName = name.length <= maxIdLength ? name : createHash('sha256').update(name).digest('base64url');
  return { file, id: text('id') || byName, imageUrl: text('imageUrl'), pageUrl: text('pageUrl'), title: text('title'), description: text('description') };
}

function parseJsonLines(text: string): Array<Record<string, unknown>> {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const row: unknown = JSON.parse(line);
      if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new UsageError(`row ${index + 1} is not an object`);
      return Object.fromEntries(Object.entries(row));
    });
}

/** CSV of RFC 4180: fields may be quoted, quotes in them are doubled. The first row names the columns. */
export function parseCsv(text: string): Array<Record<string, string>> {
  const rows: string[][] = [[]];
  let field = '';
  let isQuoted = false;
  const endField = (): void => {
    rows.at(-1)!.push(field);
    field = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') field += text[++at]!;
      else isQuoted = false;
    } else if (character === '"' && field === '') isQuoted = true;
    else if (character === ',') endField();
    else if (character === '\n') {
      endField();
      rows.push([]);
    } else if (character !== '\r') field += character;
  }
  if (isQuoted) throw new UsageError('a quoted field has no end');
  endField();
  const [header = [], ...body] = rows.filter((row) => row.length > 1 || row[0] !== '');
  return body.map((row, index) => {
    if (row.length !== header.length) throw new UsageError(`row ${index + 1} has ${row.length} fields, the header has ${header.length}`);
    return Object.fromEntries(header.map((name, column) => [name.trim(), row[column]!]));
  });
}

/** Where the file of an indexed image lies, if it was imported from this folder. */
export function fileOf(folder: string, id: string): string {
  return join(folder, id);
}
