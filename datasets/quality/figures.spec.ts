import { describe, expect, it } from 'vitest';
import { agreement, classOf, correlation, logLoss, rankCorrelation } from './figures.js';

describe('figures', () => {
  it('correlates values and ranks', () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1);
    expect(correlation([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8);
    expect(rankCorrelation([1, 2, 3, 100], [1, 4, 9, 16])).toBeCloseTo(1);
    expect(rankCorrelation([4, 3, 2, 1], [1, 4, 9, 16])).toBeCloseTo(-1);
  });

  it('gives equal values the mean of their ranks', () => {
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    expect(rankCorrelation([1, 5, 5, 9], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5));
  });

  it('counts equal classes and swapped ends', () => {
    expect([0.1, 0.6, 0.7, 0.77, 0.9].map((score) => classOf(score, [0.6, 0.77]))).toEqual([0, 1, 1, 2, 2]);
    expect(agreement([0, 0, 1, 2], [0, 2, 2, 2])).toEqual({ accuracy: 0.5, swaps: 0.25 });
  });

  it('loses ln 3 by knowing nothing', () => {
    const third = { low: 1 / 3, medium: 1 / 3, high: 1 / 3 };
    expect(logLoss([third, third], [0, 2])).toBeCloseTo(Math.log(3));
  });
});
