import { describe, expect, it } from 'vitest';
import { fitWithin, maxPixels } from './fit.js';

describe('fitWithin', () => {
  it('keeps the shape, and stays below the limit', () => {
    for (const size of [
      { width: 8000, height: 6000 },
      { width: 60_000, height: 400 },
      { width: 4473, height: 4472 },
    ]) {
      const fitted = fitWithin(size, maxPixels);
      expect(fitted.width * fitted.height).toBeLessThanOrEqual(maxPixels);
      expect(fitted.width * fitted.height).toBeGreaterThan(maxPixels * 0.99);
      expect(fitted.width / fitted.height / (size.width / size.height)).toBeCloseTo(1, 2);
    }
  });

  it('enlarges nothing, and leaves at least a pixel', () => {
    expect(fitWithin({ width: 30, height: 20 }, maxPixels)).toEqual({ width: 30, height: 20 });
    expect(fitWithin({ width: 10_000, height: 1 }, 10)).toEqual({ width: 316, height: 1 });
  });
});
