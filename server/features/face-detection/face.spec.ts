import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlap, suppress, type Face } from './face.js';

const face = (left: number, score: number): Face => ({ left, top: 0, right: left + 10, bottom: 10, score });
const side = fc.integer({ min: 1, max: 50 });
const place = fc.integer({ min: -20, max: 60 });
const anyFace = fc
  .record({ left: place, top: place, width: side, height: side, score: fc.float({ min: 0, max: 1, noNaN: true }) })
  .map(({ left, top, width, height, score }): Face => ({
    left,
    top,
    right: left + width,
    bottom: top + height,
    score,
  }));

describe('overlap', () => {
  it.each([
    [0, 1],
    [5, 1 / 3],
    [10, 0],
    [15, 0],
  ])('is the intersection over union, %i pixels apart', (apart, expected) => {
    expect(overlap(face(0, 1), face(apart, 1))).toBeCloseTo(expected);
  });
});

describe('suppress', () => {
  it('keeps faces that do not overlap much, the best first, and of each group its best', () => {
    fc.assert(
      fc.property(fc.array(anyFace, { maxLength: 40 }), (candidates) => {
        const kept = suppress(candidates, 0.4);
        for (const [index, better] of kept.entries()) {
          for (const worse of kept.slice(index + 1)) {
            expect(overlap(better, worse)).toBeLessThanOrEqual(0.4);
            expect(better.score).toBeGreaterThanOrEqual(worse.score);
          }
        }
        for (const dropped of candidates.filter((candidate) => !kept.includes(candidate))) {
          expect(kept.some((better) => better.score >= dropped.score && overlap(better, dropped) > 0.4)).toBe(true);
        }
      }),
    );
  });

  it('considers the 600 best only', () => {
    const candidates = Array.from({ length: 10_000 }, (_, index) => face(20 * index, index / 10_000));
    const kept = suppress(candidates, 0.4);
    expect([kept.length, kept[0]?.score]).toEqual([600, 0.9999]);
  });
});
