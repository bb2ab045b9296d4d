import type { LineBox, Point } from '../line/geometry.js';

/** Convex hull by Andrew's monotone chain, starting at the leftmost point. */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const half = (ordered: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length >= 2 && turnOf(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

/**
 * The rectangle of minimum area around the points. One of its sides lies on a side of their convex hull. Its top is the
 * side whose direction is closest to the right.
 * @param marginOf by how much each side moves outward, from the width and height of the rectangle
 */
export function minAreaRect(points: readonly Point[], marginOf: (width: number, height: number) => number): LineBox {
  const hull = convexHull(points);
  let best = { area: Infinity, cos: 1, sin: 0, minU: 0, maxU: 0, minV: 0, maxV: 0 };
  for (const [index, from] of hull.entries()) {
    const to = hull[(index + 1) % hull.length]!;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const cos = length === 0 ? 1 : (to.x - from.x) / length;
    const sin = length === 0 ? 0 : (to.y - from.y) / length;
    let [minU, maxU, minV, maxV] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const { x, y } of hull) {
      const u = x * cos + y * sin;
      const v = y * cos - x * sin;
      minU = Math.min(minU, u);
      maxU = Math.max(maxU, u);
      minV = Math.min(minV, v);
      maxV = Math.max(maxV, v);
    }
    const area = (maxU - minU) * (maxV - minV);
    if (area < best.area) best = { area, cos, sin, minU, maxU, minV, maxV };
  }
  const { cos, sin } = best;
  const margin = marginOf(best.maxU - best.minU, best.maxV - best.minV);
  const corner = (u: number, v: number): Point => ({ x: u * cos - v * sin, y: u * sin + v * cos });
  const [minU, maxU, minV, maxV] = [best.minU - margin, best.maxU + margin, best.minV - margin, best.maxV + margin];
  return topFirst([corner(minU, minV), corner(maxU, minV), corner(maxU, maxV), corner(minU, maxV)]);
}

/** The corners, which run clockwise, in an order in which the first two are the top. */
function topFirst(corners: readonly [Point, Point, Point, Point]): LineBox {
  const at = (index: number): Point => corners[((index % 4) + 4) % 4]!;
  let top = 0;
  let bestCosine = -Infinity;
  for (let side = 0; side < 4; side++) {
    const [from, to] = [at(side), at(side + 1)];
    const cosine = (to.x - from.x) / (Math.hypot(to.x - from.x, to.y - from.y) || 1);
    if (cosine > bestCosine) [top, bestCosine] = [side, cosine];
  }
  return [at(top), at(top + 1), at(top + 2), at(top + 3)];
}

/** Positive where the path a, b, c turns clockwise on the screen. */
function turnOf(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}
