import { heightOf, median, type Placed } from './placed.js';

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
  const middle = (line: Placed): number => (line.bounds.top + line.bounds.bottom) / 2;
  const middles = lines.map(middle);
  return Math.max(...middles) - Math.min(...middles) < coreShare * median(lines.map(heightOf));
}
