import { describe, expect, it } from 'vitest';
import { brisqueStatistics, normalizeLocally } from './brisque.js';
import { fitAsymmetric, fitSymmetric, logGamma } from './generalized-gaussian.js';
import type { Plane } from './plane.js';

function plane(width: number, height: number, value: (x: number, y: number) => number): Plane {
  return {
    width,
    height,
    data: Float32Array.from({ length: width * height }, (_, at) => value(at % width, Math.floor(at / width))),
  };
}

/** A seeded generator of uniform numbers in 0..1. */
function uniform(): () => number {
  let state = 7;
  return () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) + 0.5) / 2 ** 32;
}

describe('logGamma', () => {
  it.each([
    [0.1, Math.log(9.513507698668732)],
    [0.5, Math.log(Math.PI) / 2],
    [1, 0],
    [5, Math.log(24)],
    [15, Math.log(87_178_291_200)],
  ])('of %d', (value, expected) => expect(logGamma(value)).toBeCloseTo(expected, 10));
});

describe('fitting', () => {
  const random = uniform();
  const gaussian = Float32Array.from(
    { length: 100_000 },
    () => 3 * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()),
  );
  const laplacian = Float32Array.from({ length: 100_000 }, () => Math.log(random()) * (random() < 0.5 ? -1 : 1));

  it('recognizes a Gaussian and a Laplacian distribution', () => {
    const fit = fitSymmetric(gaussian);
    expect(fit.shape).toBeCloseTo(2, 1);
    expect(fit.variance).toBeCloseTo(9, 0);
    expect(fitSymmetric(laplacian).shape).toBeCloseTo(1, 1);
  });

  it('finds the spreads on both sides', () => {
    // Twice as wide on the right, where the density is continuous at 0: two thirds lie on the right.
    const lopsided = gaussian.map((value) => (random() < 2 / 3 ? 2 * Math.abs(value) : -Math.abs(value)));
    const fit = fitAsymmetric(lopsided);
    expect(fit.shape).toBeCloseTo(2, 1);
    expect(fit.rightVariance / fit.leftVariance).toBeCloseTo(4, 1);
    expect(fit.mean).toBeGreaterThan(0);
    const turned = fitAsymmetric(lopsided.map((value) => -value));
    expect(turned.shape).toBe(fit.shape);
    expect(turned.mean).toBeCloseTo(-fit.mean, 6);
  });

  it('handles samples without spread, and no samples', () => {
    for (const samples of [new Float32Array(10), new Float32Array(0)]) {
      expect(fitSymmetric(samples)).toMatchObject({ variance: 0 });
      expect(fitAsymmetric(samples)).toMatchObject({ mean: 0, leftVariance: 0, rightVariance: 0 });
    }
  });
});

describe('normalizeLocally', () => {
  it('turns plain areas into 0, up to the edges', () => {
    expect([...normalizeLocally(plane(20, 11, () => 90)).data].every((value) => Math.abs(value) < 1e-3)).toBe(true);
  });

  it('ignores brightness, and nearly ignores contrast', () => {
    const wave = plane(64, 64, (x, y) => 100 + 20 * Math.sin(x) * Math.cos(y / 2));
    const stronger = plane(64, 64, (x, y) => 120 + 40 * Math.sin(x) * Math.cos(y / 2));
    const [one, other] = [normalizeLocally(wave).data, normalizeLocally(stronger).data];
    for (const [at, value] of one.entries()) expect(Math.abs(value - other[at]!)).toBeLessThan(0.1);
  });
});

describe('brisqueStatistics', () => {
  it('returns 18 numbers at each of two scales', () => {
    const statistics = brisqueStatistics(plane(64, 48, (x, y) => (x * y) % 256));
    expect(Object.keys(statistics)).toHaveLength(36);
  });

  it('swaps the diagonals when the image is mirrored', () => {
    const random = uniform();
    const picture = plane(65, 65, (x) => 100 + x + 40 * random());
    const flipped = plane(65, 65, (x, y) => picture.data[y * 65 + 64 - x]!);
    const [statistics, mirrored] = [brisqueStatistics(picture), brisqueStatistics(flipped)];
    expect(mirrored['full.h.shape']).toBe(statistics['full.h.shape']);
    expect(mirrored['full.d1.left']).toBeCloseTo(statistics['full.d2.left']!, 5);
  });
});
