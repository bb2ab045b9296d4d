import type { Rectangle } from '../../../image/polygon.js';
import { unionOf } from '../line/geometry.js';
import { findColumns } from './columns.js';
import { cutIntoBands, cutIntoColumns, GrowingRow, isRow } from './cut.js';
import { heightOf, median, type Placed } from './placed.js';

// Chosen by hand, with the 24 pages of datasets/drawn/page-layouts.ts as tests.

/** Maximum gap between consecutive rows of a block, in heights of the smaller one. */
const maxGap = 0.8;
/** Maximum ratio of the heights of consecutive rows of a block. */
const maxHeightRatio = 1.6;
/** Minimum horizontal overlap of consecutive rows of a block, as a share of the narrower one. */
const minOverlap = 0.3;

/**
 * Groups the lines of a page into blocks, and orders blocks and lines as a person reads them, by a recursive XY cut (Nagy
 * and Seth 1984). Columns of prose are read one after the other, tables, forms and receipts row by row. A block has rows
 * of similar height, close below each other.
 */
export function groupIntoBlocks<Item extends Placed>(lines: readonly Item[]): Item[][] {
  if (lines.length < 2) return lines.length === 0 ? [] : [[...lines]];
  return findColumns(cutIntoBands(lines)).flatMap((stretch) =>
    'columns' in stretch ? stretch.columns.flatMap((column) => groupIntoBlocks(column)) : blocksOfBands(stretch.rows),
  );
}

/** A block that grows row by row. */
interface Growing<Item> {
  readonly rows: (readonly Item[])[];
  /** Its lowest row. */
  last: Row<Item>;
}

interface Row<Item> {
  readonly lines: readonly Item[];
  readonly bounds: Rectangle;
  readonly height: number;
}

function blocksOfBands<Item extends Placed>(bands: readonly Item[][]): Item[][] {
  const blocks: (readonly Item[])[][] = [];
  let growing: Growing<Item> | undefined;
  for (const band of bands) {
    const parts = isRow(band) ? [band] : cutIntoColumns(band, 0);
    if (parts.length > 1) {
      // Lines side by side at different heights belong to different blocks.
      growing = undefined;
      blocks.push(...parts.flatMap((part) => groupIntoBlocks(part).map((block) => [block])));
      continue;
    }
    for (const row of rowsOf(band)) {
      if (growing !== undefined && continues(growing.last, row)) {
        growing.rows.push(row.lines);
        growing.last = row;
      } else {
        growing = { rows: [row.lines], last: row };
        blocks.push(growing.rows);
      }
    }
  }
  return blocks.map((block) => block.flat());
}

/** The rows of a band, from the top. */
function rowsOf<Item extends Placed>(band: readonly Item[]): Row<Item>[] {
  const rows: GrowingRow<Item>[] = [];
  for (const line of band.toSorted((a, b) => a.bounds.top - b.bounds.top)) {
    if (rows.at(-1)?.add(line) !== true) rows.push(new GrowingRow(line));
  }
  return rows.map(({ lines: row }) => ({
    lines: row.toSorted((a, b) => a.bounds.left - b.bounds.left),
    bounds: unionOf(row.map(({ bounds }) => bounds)),
    height: median(row.map(heightOf)),
  }));
}

function continues(
  { bounds: above, height: aboveHeight }: Row<unknown>,
  { bounds: below, height: belowHeight }: Row<unknown>,
): boolean {
  const [smaller, larger] = [Math.min(aboveHeight, belowHeight), Math.max(aboveHeight, belowHeight)];
  const gap = below.top - above.bottom;
  const overlap = Math.min(above.right, below.right) - Math.max(above.left, below.left);
  const narrower = Math.min(above.right - above.left, below.right - below.left);
  return larger <= maxHeightRatio * smaller && gap <= maxGap * smaller && overlap >= minOverlap * narrower;
}
