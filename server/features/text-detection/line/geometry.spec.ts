import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectedComponents } from '../find/connected-components.js';
import { convexHull, minAreaRect } from '../find/min-area-rect.js';
import { boxHeight, boxWidth, type Point } from './geometry.js';

const points = fc.array(fc.record({ x: fc.integer({ min: -50, max: 50 }), y: fc.integer({ min: -50, max: 50 }) }), {
  minLength: 1,
  maxLength: 40,
});

/** Twice the area of the triangle, positive where a, b, c turn clockwise on the screen. */
function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

describe('convexHull', () => {
  it('is convex and contains every point', () => {
    fc.assert(
      fc.property(points, (cloud) => {
        const hull = convexHull(cloud);
        if (hull.length < 3) return;
        for (const [index, from] of hull.entries()) {
          const to = hull[(index + 1) % hull.length]!;
          for (const point of cloud) expect(turn(from, to, point)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('minAreaRect', () => {
  it('contains every point', () => {
    fc.assert(
      fc.property(points, (cloud) => {
        const box = minAreaRect(cloud, () => 0.01);
        for (const [index, from] of box.entries()) {
          for (const point of cloud) expect(turn(from, box[(index + 1) % 4]!, point)).toBeGreaterThanOrEqual(-1e-6);
        }
      }),
    );
  });

  it.each([0, 10, 30, -30, 44, -44])('finds a rectangle that is rotated by %i degrees, its top first', (degrees) => {
    const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
    const turned = [
      [0, 0],
      [100, 0],
      [100, 20],
      [0, 20],
      [50, 10],
    ].map(([x = 0, y = 0]) => ({ x: x * cos - y * sin, y: x * sin + y * cos }));
    const box = minAreaRect(turned, () => 0);
    expect(boxWidth(box)).toBeCloseTo(100);
    expect(boxHeight(box)).toBeCloseTo(20);
    for (const [index, corner] of box.entries()) {
      expect(corner.x).toBeCloseTo(turned[index]!.x);
      expect(corner.y).toBeCloseTo(turned[index]!.y);
    }
  });

  it('moves every side outward by the margin', () => {
    const corners = [
      { x: 10, y: 10 },
      { x: 30, y: 10 },
      { x: 30, y: 20 },
      { x: 10, y: 20 },
    ];
    const box = minAreaRect(corners, (width, height) => (width + height) / 10);
    expect([boxWidth(box), boxHeight(box)]).toEqual([26, 16]);
  });
});

describe('connectedComponents', () => {
  it('finds the regions that a flood fill finds', () => {
    const width = 12;
    const map = fc.array(fc.boolean(), { minLength: 10 * width, maxLength: 10 * width });
    fc.assert(
      fc.property(map, (cells) => {
        const areas = connectedComponents(Float32Array.from(cells, Number), width, 10, 0.5).map(({ area }) => area);
        const ascending = (a: number, b: number): number => a - b;
        expect(areas.toSorted(ascending)).toEqual(floodFill(cells, width).toSorted(ascending));
      }),
    );
  });

  it('outlines a region by the ends of its runs', () => {
    const map = Float32Array.from([0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1]);
    expect(connectedComponents(map, 4, 3, 0.5)).toEqual([
      {
        area: 6,
        mean: 1,
        outline: [
          { x: 1, y: 0 },
          { x: 2, y: 0 },
          { x: 0, y: 1 },
          { x: 2, y: 1 },
          { x: 3, y: 2 },
          { x: 3, y: 2 },
        ],
      },
    ]);
  });
});

function floodFill(cells: readonly boolean[], width: number): number[] {
  const seen = new Set<number>();
  const areas: number[] = [];
  for (const start of cells.keys()) {
    if (!cells[start] || seen.has(start)) continue;
    const stack = [start];
    seen.add(start);
    let area = 0;
    for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
      area++;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const x = (cell % width) + dx;
          const next = cell + dy * width + dx;
          if (x < 0 || x >= width || !cells[next] || seen.has(next)) continue;
          seen.add(next);
          stack.push(next);
        }
      }
    }
    areas.push(area);
  }
  return areas;
}
