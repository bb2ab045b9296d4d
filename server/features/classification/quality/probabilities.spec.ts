import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalShareBelow, probabilities, type Reliability } from './probabilities.js';

const reliability: Reliability = { intercept: 0, slope: 1, spread: [0.08, 0.5, -0.45] };

describe('probabilities', () => {
  it('sums to 1 with all in 0..1, for any rank', () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 10, noNaN: true }), (score) => {
        const { low, medium, high } = probabilities(reliability, score);
        expect(low + medium + high).toBeCloseTo(1, 6);
        for (const value of [low, medium, high]) expect(value >= 0 && value <= 1).toBe(true);
      }),
    );
  });

  it('moves from low over medium to high', () => {
    const scores = Array.from({ length: 101 }, (_, percent) => probabilities(reliability, percent / 100));
    for (const [at, one] of scores.entries()) {
      const next = scores[at + 1] ?? one;
      expect(next.low).toBeLessThanOrEqual(one.low + 1e-7);
      expect(next.high).toBeGreaterThanOrEqual(one.high - 1e-7);
    }
    expect(scores[0]!.low).toBeGreaterThan(0.98);
    expect(scores[100]!.high).toBeGreaterThan(0.95);
  });

  it('is least certain at a cut', () => {
    expect(probabilities(reliability, 1 / 3).low).toBeCloseTo(0.5, 6);
    expect(probabilities(reliability, 2 / 3).high).toBeCloseTo(0.5, 6);
  });
});

describe('normalShareBelow', () => {
  it.each([
    [0, 0.5],
    [1, 0.841344746],
    [-1.96, 0.024997895],
    [3, 0.998650102],
  ])('of %d', (value, expected) => expect(normalShareBelow(value)).toBeCloseTo(expected, 6));
});
