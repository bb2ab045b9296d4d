import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NearestRows } from './nearest-rows.js';

it('collects the nearest rows, and all that are as near as the last of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 8 }),
      (distances, count) => {
        const nearest = new NearestRows(count, 10);
        distances.forEach((distance, row) => nearest.offer(row, distance));
        const last = distances.toSorted((a, b) => a - b)[count - 1] ?? 10;
        const expected = [...distances.keys()].filter((row) => distances[row]! <= last);
        expect(nearest.rows.toSorted((a, b) => a - b)).toEqual(expected);
      },
    ),
  );
});
