import type { Point } from '../line/geometry.js';

/** A connected region of a map. */
export interface Component {
  /** Number of cells. */
  readonly area: number;
  /** Mean of the map over them. */
  readonly mean: number;
  /** First and last cell of each run in the region, which have the same convex hull as all cells. */
  readonly outline: readonly Point[];
}

/** Adjacent cells of a row. */
interface Run {
  readonly y: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Sum of the map over its cells. */
  readonly sum: number;
  /** Index of another run of the region, or of this one: a disjoint-set forest. */
  parent: number;
}

/**
 * The regions of cells above `threshold` that touch at edges or corners. It works on runs of cells, which takes about one
 * pass over the map of a page.
 */
export function connectedComponents(map: Float32Array, width: number, height: number, threshold: number): Component[] {
  const runs: Run[] = [];
  const rootOf = (index: number): number => {
    let root = index;
    while (runs[root]!.parent !== root) root = runs[root]!.parent;
    while (runs[index]!.parent !== root) {
      const next = runs[index]!.parent;
      runs[index]!.parent = root;
      index = next;
    }
    return root;
  };
  let above = 0;
  for (let y = 0; y < height; y++) {
    const rowStart = runs.length;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      if (map[at]! <= threshold) continue;
      const start = x;
      let sum = 0;
      while (x < width && map[at]! > threshold) {
        sum += map[at]!;
        x++;
        at++;
      }
      const index = runs.push({ y, start, end: x, sum, parent: runs.length }) - 1;
      // Runs of the row above that end before this one starts cannot touch any later run either.
      while (above < rowStart && runs[above]!.end < start) above++;
      for (let other = above; other < rowStart && runs[other]!.start <= x; other++) {
        runs[rootOf(other)]!.parent = rootOf(index);
      }
    }
    above = rowStart;
  }
  const components = new Map<number, { area: number; sum: number; outline: Point[] }>();
  for (const [index, { y, start, end, sum }] of runs.entries()) {
    const root = rootOf(index);
    let component = components.get(root);
    if (component === undefined) components.set(root, (component = { area: 0, sum: 0, outline: [] }));
    component.area += end - start;
    component.sum += sum;
    component.outline.push({ x: start, y }, { x: end - 1, y });
  }
  return [...components.values()].map(({ area, sum, outline }) => ({ area, mean: sum / area, outline }));
}
