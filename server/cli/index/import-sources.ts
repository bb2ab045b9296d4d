import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../../errors/message-of.js';
import { UsageError } from '../command.js';
import { leftOutLine, readImageFolder } from '../images/image-folder.js';
import { createFileFinder, idOfFile, type FileFinder } from './image-files.js';

/** What the index stores with an image. */
interface ImageData {
  readonly id: string;
  readonly imageUrl: string;
  readonly pageUrl: string;
  readonly title: string;
  readonly description: string;
}

/** An image to import, with its file or the reason why it has none. */
export type ImportItem = ImageData & ({ readonly file: string } | { readonly problem: string });

/** The images to import. */
export interface ImportSource {
  readonly items: readonly ImportItem[];
  /** A line about skipped files, empty if there are none. */
  readonly leftOut: string;
}

/** Columns of a CSV or JSONL file. */
export const columns = ['file', 'id', 'imageUrl', 'pageUrl', 'title', 'description'] as const;
/** An export has it too. The server sets it itself. */
const exportedColumn = 'createTime';

/**
 * Reads what to import: the images of a folder, or the rows of a CSV or JSONL file.
 * @param files folder of the rows' files, by default that of the source. Rows without a file, as in an export, find
 * theirs in it
 * @throws UsageError that names the source, and the row in it
 */
export async function readSource(source: string, files?: string): Promise<ImportSource> {
  const [kind, kindOfFiles] = await Promise.all([kindOf(source), files === undefined ? undefined : kindOf(files)]);
  if (files !== undefined && kindOfFiles?.isDirectory() !== true) {
    throw new UsageError(`--files ${files} is not a folder.`);
  }
  if (kind === undefined) throw new UsageError(`${source} does not exist.`);
  if (kind.isDirectory()) {
    if (files !== undefined) throw new UsageError('--files applies to .csv and .jsonl files only.');
    return readFolder(source);
  }
  if (/\.csv$/i.test(source)) return { items: await readRows(source, parseCsv, files), leftOut: '' };
  if (/\.jsonl$/i.test(source)) return { items: await readRows(source, parseJsonLines, files), leftOut: '' };
  throw new UsageError(`${source} must be a folder, or a .csv or .jsonl file.`);
}

function kindOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}

function readFolder(folder: string): ImportSource {
  const found = readImageFolder(folder);
  const items = found.images.map((name) => {
    const file = resolve(folder, name);
    return { file, id: idOfFile(folder, file), imageUrl: '', pageUrl: '', title: '', description: '' };
  });
  return { items, leftOut: leftOutLine(found) };
}

type Row = Readonly<Record<string, unknown>>;

async function readRows(
  path: string,
  parse: (text: string) => Row[],
  files: string | undefined,
): Promise<ImportItem[]> {
  const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  const folder = files ?? dirname(path);
  let finder: FileFinder | undefined;
  const itemOf = (row: Row, position: number): ImportItem => {
    const { file: name, ...data } = readRow(row, position);
    if (name !== '') {
      const file = resolve(folder, name);
      return { ...data, file, id: data.id || idOfFile(folder, file) };
    }
    if (data.id === '') throw new UsageError(`row ${position} has neither a file nor an ID`);
    if (files === undefined) {
      throw new UsageError(`row ${position} has no file. Specify the folder of the files with --files DIR`);
    }
    const file = (finder ??= createFileFinder(files))(data);
    return file === undefined
      ? { ...data, problem: `no image in ${files} matches this ID or its name` }
      : { ...data, file };
  };
  try {
    return parse(text).map((row, index) => itemOf(row, index + 1));
  } catch (error) {
    throw new UsageError(`${path}: ${messageOf(error)}.`);
  }
}

/** @throws UsageError that names the row */
function readRow(row: Row, position: number): ImageData & { readonly file: string } {
  const unknown = Object.keys(row).find((key) => key !== exportedColumn && !columns.some((column) => column === key));
  if (unknown !== undefined) {
    throw new UsageError(`row ${position} has an unknown column "${unknown}". Known: ${columns.join(', ')}`);
  }
  const text = (key: (typeof columns)[number]): string => {
    const value = row[key] ?? '';
    if (typeof value !== 'string') throw new UsageError(`row ${position}: ${key} must be a string`);
    return value;
  };
  return {
    file: text('file'),
    id: text('id'),
    imageUrl: text('imageUrl'),
    pageUrl: text('pageUrl'),
    title: text('title'),
    description: text('description'),
  };
}

function parseJsonLines(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const row: unknown = JSON.parse(line);
      if (typeof row !== 'object' || row === null || Array.isArray(row)) {
        throw new UsageError(`row ${index + 1} must be a JSON object`);
      }
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
  if (isQuoted) throw new UsageError('unterminated quoted field');
  endField();
  const [header = [], ...body] = rows.filter((row) => row.length > 1 || row[0] !== '');
  return body.map((row, index) => {
    if (row.length !== header.length) {
      throw new UsageError(`row ${index + 1} has ${row.length} fields, the header has ${header.length}`);
    }
    return Object.fromEntries(header.map((name, column) => [name.trim(), row[column]!]));
  });
}
