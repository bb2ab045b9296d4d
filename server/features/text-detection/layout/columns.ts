import { cutIntoColumns } from './cut.js';
import { heightOf, median, widthOf, type Placed } from './placed.js';

// Chosen by hand, with the 24 pages of datasets/drawn/page-layouts.ts as tests.

/** Minimum lines of a column of prose, and their minimum median width in heights, some twelve characters. */
const prose = { minLines: 3, minAspect: 6 } as const;
/** Next to a column of this length and width the others need not be prose: they may be a caption or a note. */
const mainText = { minLines: 4, minAspect: 12 } as const;
/** Minimum gap between columns, in heights of a line. */
const minGutter = 0.8;
/** A column with this share of labels or values belongs to a table or a form. */
const minTableShare = 0.34;

/** A stretch of a page: rows, which are read across, or columns, which are read one after the other. */
export type Stretch<Item> = { readonly rows: Item[][] } | { readonly columns: Item[][] };

/**
 * Divides the bands of a page into stretches of columns and of rows. A stretch has columns if a vertical gap runs through
 * all of it and both sides are prose. Tables and forms have such gaps too, but are read row by row.
 */
export function findColumns<Item extends Placed>(bands: readonly Item[][]): Stretch<Item>[] {
  const stretches: Stretch<Item>[] = [];
  for (let start = 0; start < bands.length;) {
    const stretch = columnsFrom(bands, start);
    if (stretch === undefined) {
      const last = stretches.at(-1);
      const band = bands[start]!;
      if (last !== undefined && 'rows' in last) last.rows.push(band);
      else stretches.push({ rows: [band] });
      start++;
    } else {
      stretches.push({ columns: stretch.columns });
      start = stretch.end;
    }
  }
  return stretches;
}

/** The longest stretch of columns that begins with the band `start` and ends before the band `end`. */
function columnsFrom<Item extends Placed>(
  bands: readonly Item[][],
  start: number,
): { columns: Item[][]; end: number } | undefined {
  if (isTableRow(bands[start]!)) return undefined;
  let best: { columns: Item[][]; end: number } | undefined;
  const lines: Item[] = [];
  for (let end = start; end < bands.length; end++) {
    lines.push(...bands[end]!);
    const columns = cutIntoColumns(lines, minGutter * median(lines.map(heightOf)));
    // If columns do not share their baselines, the first line has none beside it.
    if (columns.length < 2 && end > start) break;
    if (columns.length > 1 && !isTableRow(bands[end]!) && areColumns(columns)) best = { columns, end: end + 1 };
  }
  return best;
}

function areColumns(columns: readonly Placed[][]): boolean {
  if (columns.some(isTable)) return false;
  return (
    columns.every((column) => hasLongLines(column, prose)) || columns.some((column) => hasLongLines(column, mainText))
  );
}

function hasLongLines(column: readonly Placed[], { minLines, minAspect }: typeof prose | typeof mainText): boolean {
  const aspects = column.map((line) => widthOf(line) / Math.max(1, heightOf(line)));
  return column.length >= minLines && median(aspects) >= minAspect;
}

function isTable(column: readonly Placed[]): boolean {
  return column.filter(isCell).length >= minTableShare * column.length;
}

function isTableRow(band: readonly Placed[]): boolean {
  return band.length > 1 && band.some(isCell);
}

function isCell({ text }: Placed): boolean {
  return isLabel(text) || isValue(text);
}

function isLabel(text: string): boolean {
  return /[:：]\s*$/.test(text);
}

/** Whether at least half of the characters are digits, as in a sum, a date or a number. */
function isValue(text: string): boolean {
  const characters = text.replace(/\s/g, '').length;
  return (text.match(/\d/g)?.length ?? 0) * 2 >= characters;
}
