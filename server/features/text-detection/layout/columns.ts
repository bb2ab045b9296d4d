import { cutIntoColumns } from './cut.js';
import { areProse, columnOf, GrowingColumns, type Column } from './growing-columns.js';
import { heightOf, type Placed } from './placed.js';

/** Columns of prose show within so many bands. Without a limit, the time for a long list would grow with its square. */
const maxBandsAhead = 100;

/** A stretch of a page: rows, which are read across, or columns, which are read one after the other. */
export type Stretch<Item> = { readonly rows: Item[][] } | { readonly columns: Item[][] };

/**
 * Divides the bands of a page into stretches of columns and of rows. A stretch has columns if a vertical gap runs through
 * all of it and both sides are prose. Tables and forms have such gaps too, but are read row by row.
 */
export function findColumns<Item extends Placed>(bands: readonly Item[][]): Stretch<Item>[] {
  const stretches: Stretch<Item>[] = [];
  const measured = bands.map((band) => band.map((line) => ({ column: columnOf(line), height: heightOf(line) })));
  for (let start = 0; start < bands.length;) {
    const stretch = columnsFrom(measured, start);
    if (stretch === undefined) {
      const last = stretches.at(-1);
      const band = bands[start]!;
      if (last !== undefined && 'rows' in last) last.rows.push(band);
      else stretches.push({ rows: [band] });
      start++;
    } else {
      stretches.push({ columns: cutIntoColumns(bands.slice(start, stretch.end).flat(), stretch.gutter) });
      start = stretch.end;
    }
  }
  return stretches;
}

interface Measured {
  readonly column: Column;
  readonly height: number;
}

/** The longest stretch of columns that begins with the band `start` and ends before the band `end`. */
function columnsFrom(
  bands: ReadonlyArray<readonly Measured[]>,
  start: number,
): { gutter: number; end: number } | undefined {
  if (isTableRow(bands[start]!)) return undefined;
  let best: { gutter: number; end: number } | undefined;
  const growing = new GrowingColumns();
  for (let end = start; end < bands.length && end - (best?.end ?? start) < maxBandsAhead; end++) {
    for (const { column, height } of bands[end]!) growing.add(column, height);
    const { columns, gutter } = growing;
    // If columns do not share their baselines, the first line has none beside it.
    if (columns.length < 2 && end > start) break;
    if (columns.length > 1 && !isTableRow(bands[end]!) && areProse(columns)) best = { gutter, end: end + 1 };
  }
  return best;
}

function isTableRow(band: readonly Measured[]): boolean {
  return band.length > 1 && band.some(({ column }) => column.cells > 0);
}
