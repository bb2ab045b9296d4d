import type { Rectangle } from '../polygon.js';
import { unionOf } from './geometry.js';

/** Anything with a place on the page. */
interface Placed {
  readonly bounds: Rectangle;
}

/** Lines of a block are at most this much of their height apart. */
const maxGap = 0.8;
/** Heights of lines in one block differ at most by this factor. */
const maxHeightRatio = 1.6;
/** Lines of a block overlap sideways by at least this share of the narrower one. */
const minOverlap = 0.3;

/**
 * Groups lines into blocks: lines of like height that stand close below each other and overlap sideways. Blocks come
 * in reading order, the lines of a block from top to bottom.
 */
export function groupIntoBlocks<Line extends Placed>(lines: readonly Line[]): Line[][] {
  const sorted = lines.toSorted((a, b) => a.bounds.top - b.bounds.top || a.bounds.left - b.bounds.left);
  const blocks: Line[][] = [];
  for (const line of sorted) {
    const block = blocks.find((candidate) => continues(candidate.at(-1)!.bounds, line.bounds));
    if (block === undefined) blocks.push([line]);
    else block.push(line);
  }
  const placed = blocks.map((block) => ({ block, bounds: unionOf(block.map(({ bounds }) => bounds)) }));
  return inReadingOrder(placed).map(({ block }) => block);
}

function continues(above: Rectangle, below: Rectangle): boolean {
  const heights = [above.bottom - above.top, below.bottom - below.top] as const;
  const [smaller, larger] = [Math.min(...heights), Math.max(...heights)];
  const gap = below.top - above.bottom;
  const overlap = Math.min(above.right, below.right) - Math.max(above.left, below.left);
  const narrower = Math.min(above.right - above.left, below.right - below.left);
  return (
    larger <= maxHeightRatio * smaller &&
    gap <= maxGap * smaller &&
    gap >= -0.5 * smaller &&
    overlap >= minOverlap * narrower
  );
}

/** Recursive XY cut (Nagy and Seth 1984): rows first, then columns within a row, each where an empty band runs through. */
export function inReadingOrder<Item extends Placed>(items: readonly Item[]): Item[] {
  if (items.length < 2) return [...items];
  for (const [start, end] of [['top', 'bottom'], ['left', 'right']] as const) {
    const groups = cut(items, start, end);
    if (groups.length > 1) return groups.flatMap((group) => inReadingOrder(group));
  }
  return items.toSorted((a, b) => a.bounds.top - b.bounds.top || a.bounds.left - b.bounds.left);
}

function cut<Item extends Placed>(items: readonly Item[], start: keyof Rectangle, end: keyof Rectangle): Item[][] {
  const sorted = items.toSorted((a, b) => a.bounds[start] - b.bounds[start]);
  const groups: Item[][] = [];
  let reach = -Infinity;
  for (const item of sorted) {
    if (item.bounds[start] >= reach) groups.push([item]);
    else groups.at(-1)!.push(item);
    reach = Math.max(reach, item.bounds[end]);
  }
  return groups;
}
