import { heightOf, median, type Placed } from './placed.js';

/** Of the height of a line so much counts when rows are told apart: descenders and a slight slant make lines overlap. */
const core = 0.5;

/** Parts the lines into rows, or bands of rows that overlap, where an empty stripe runs across. From the top. */
export function cutIntoBands<Line extends Placed>(lines: readonly Line[]): Line[][] {
  const margin = (line: Line): number => ((1 - core) / 2) * heightOf(line);
  return cut(lines, (line) => [line.bounds.top + margin(line), line.bounds.bottom - margin(line)], 0);
}

/** Parts the lines into columns where an empty stripe of at least `gutter` pixels runs down. From the left. */
export function cutIntoColumns<Line extends Placed>(lines: readonly Line[], gutter: number): Line[][] {
  return cut(lines, ({ bounds }) => [bounds.left, bounds.right], gutter);
}

function cut<Line>(
  lines: readonly Line[],
  extent: (line: Line) => readonly [start: number, end: number],
  gap: number,
): Line[][] {
  const sorted = lines.map((line) => ({ line, extent: extent(line) })).toSorted((a, b) => a.extent[0] - b.extent[0]);
  const groups: Line[][] = [];
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

/** Whether all of the lines stand side by side, in one row. */
export function isRow(lines: readonly Placed[]): boolean {
  const middle = (line: Placed): number => (line.bounds.top + line.bounds.bottom) / 2;
  const middles = lines.map(middle);
  return Math.max(...middles) - Math.min(...middles) < core * median(lines.map(heightOf));
}
