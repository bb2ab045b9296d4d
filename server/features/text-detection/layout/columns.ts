import { cutIntoColumns } from './cut.js';
import { heightOf, median, widthOf, type Placed } from './placed.js';

/** Columns of prose are at least so many lines long. */
const leastLines = 3;
/** Half of the lines of a column of prose are at least so many times as wide as high, some twelve characters. */
const leastAspect = 6;
/** Beside a column of so many and so long lines anything may stand that is no table: a caption, a note. */
const manyLines = 4;
const largeAspect = 12;
/** An empty stripe between columns is at least so wide, in heights of a line. */
const gutter = 0.8;
/** A column with so large a share of labels or values is one of a table or a form. */
const tableShare = 0.34;

/** Bands next to each other: rows to be read across, or columns to be read one after the other. */
export type Region<Line> = { readonly rows: Line[][] } | { readonly columns: Line[][] };

/**
 * Parts the bands of a page into stretches of columns and of rows. A stretch is columns when an empty stripe runs down
 * through all of it and each side is prose: tables and forms have stripes too, but are read row by row.
 */
export function findColumns<Line extends Placed>(bands: readonly Line[][]): Region<Line>[] {
  const regions: Region<Line>[] = [];
  for (let start = 0; start < bands.length;) {
    const found = columnsFrom(bands, start);
    if (found === undefined) {
      const last = regions.at(-1);
      const band = bands[start]!;
      if (last !== undefined && 'rows' in last) last.rows.push(band);
      else regions.push({ rows: [band] });
      start++;
    } else {
      regions.push({ columns: found.columns });
      start = found.end;
    }
  }
  return regions;
}

/** The longest stretch of columns that begins with a band; `end` is the first band behind it. */
function columnsFrom<Line extends Placed>(
  bands: readonly Line[][],
  start: number,
): { columns: Line[][]; end: number } | undefined {
  if (isTableRow(bands[start]!)) return undefined;
  let best: { columns: Line[][]; end: number } | undefined;
  const lines: Line[] = [];
  for (let end = start; end < bands.length; end++) {
    lines.push(...bands[end]!);
    const columns = cutIntoColumns(lines, gutter * median(lines.map(heightOf)));
    // Columns off a common grid begin with a line that has none beside it.
    if (columns.length < 2 && end > start) break;
    if (columns.length > 1 && !isTableRow(bands[end]!) && areColumns(columns)) best = { columns, end: end + 1 };
  }
  return best;
}

function areColumns(columns: readonly Placed[][]): boolean {
  if (columns.some(isTable)) return false;
  return (
    columns.every((column) => isProse(column, leastLines, leastAspect)) ||
    columns.some((column) => isProse(column, manyLines, largeAspect))
  );
}

function isProse(column: readonly Placed[], lines: number, aspect: number): boolean {
  return column.length >= lines && median(column.map((line) => widthOf(line) / Math.max(1, heightOf(line)))) >= aspect;
}

function isTable(column: readonly Placed[]): boolean {
  return column.filter(isCell).length >= tableShare * column.length;
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

/** At least half digits: a sum, a date, a number. */
function isValue(text: string): boolean {
  const characters = text.replace(/\s/g, '').length;
  return (text.match(/\d/g)?.length ?? 0) * 2 >= characters;
}
