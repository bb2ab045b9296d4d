import { heightOf, type Placed } from './placed.js';
import { RunningMedian } from './running-median.js';

/** Share of a line's height that counts when rows are separated: descenders and a slight skew make rows overlap. */
const coreShare = 0.5;

/** Divides the lines at horizontal gaps into bands, from the top. A band is a row, or several rows that overlap. */
export function cutIntoBands<Item extends Placed>(lines: readonly Item[]): Item[][] {
  const margin = (line: Item): number => ((1 - coreShare) / 2) * heightOf(line);
  return cut(lines, (line) => [line.bounds.top + margin(line), line.bounds.bottom - margin(line)], 0);
}

/** Divides the lines at vertical gaps of at least `gutter` pixels into columns, from the left. */
export function cutIntoColumns<Item extends Placed>(lines: readonly Item[], gutter: number): Item[][] {
  return cut(lines, ({ bounds }) => [bounds.left, bounds.right], gutter);
}

/** Divides lines at gaps between their extents along an axis. */
function cut<Item>(
  lines: readonly Item[],
  extent: (line: Item) => readonly [start: number, end: number],
  gap: number,
): Item[][] {
  const sorted = lines.map((line) => ({ line, extent: extent(line) })).toSorted((a, b) => a.extent[0] - b.extent[0]);
  const groups: Item[][] = [];
  let reach = -Infinity;
  for (const {
    line,
    extent: [start, end],
  } of sorted) {
    if (start >= reach + gap) groups.push([line]);
    else groups.at(-1)!.push(line);
    reach = Math.max(reach, end);
  }
  return groups;
}

/** Whether the lines are side by side, in one row. */
export function isRow(lines: readonly Placed[]): boolean {
  const [first, ...others] = lines;
  if (first === undefined) return true;
  const row = new GrowingRow(first);
  for (const line of others) row.addAnyway(line);
  return row.isRow;
}

/** A row to which lines are added from the left or the top. */
export class GrowingRow<Item extends Placed> {
  readonly lines: Item[] = [];
  readonly #heights = new RunningMedian();
  #highest = Infinity;
  #lowest = -Infinity;

  constructor(first: Item) {
    this.addAnyway(first);
  }

  /** Adds a line that is beside the others. @returns false, without adding it, for any other line */
  add(line: Item): boolean {
    const middle = middleOf(line);
    const [highest, lowest] = [Math.min(this.#highest, middle), Math.max(this.#lowest, middle)];
    if (lowest - highest >= coreShare * this.#heights.with(heightOf(line))) return false;
    this.addAnyway(line);
    return true;
  }

  addAnyway(line: Item): void {
    const middle = middleOf(line);
    this.#highest = Math.min(this.#highest, middle);
    this.#lowest = Math.max(this.#lowest, middle);
    this.#heights.add(heightOf(line));
    this.lines.push(line);
  }

  /** Whether the lines are side by side. */
  get isRow(): boolean {
    return this.#lowest - this.#highest < coreShare * this.#heights.value;
  }
}

function middleOf({ bounds }: Placed): number {
  return (bounds.top + bounds.bottom) / 2;
}
