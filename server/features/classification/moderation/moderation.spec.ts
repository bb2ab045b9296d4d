import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adultProbability, isDoubtful } from './adult.js';
import { textProbability } from './text.js';

/** Drawing, Hentai, Neutral, Porn, Sexy. */
const neutral = [0, 0, 1, 0, 0];
const porn = [0, 0, 0, 1, 0];
const sexy = [0, 0, 0, 0, 1];

describe('adultProbability', () => {
  it('needs both networks', () => {
    expect(adultProbability(porn, porn)).toBeCloseTo(1);
    expect(adultProbability(porn, neutral)).toBeCloseTo(0);
    expect(adultProbability(neutral, undefined)).toBeCloseTo(0);
  });

  it('has 3/8 of the odds of the networks, which were trained with two adult images in five', () => {
    const even = [0.5, 0.2, 0, 0.3, 0];
    expect(adultProbability(even, even)).toBeCloseTo(0.375 / 1.375);
    expect(adultProbability(sexy, sexy)).toBeCloseTo(0.375 / 1.375);
  });

  it('needs the larger network only where the smaller one is in doubt', () => {
    expect([neutral, porn, sexy, [0.9, 0.05, 0, 0.05, 0]].map(isDoubtful)).toEqual([false, true, true, false]);
  });

  it('is a probability that grows with the scores of the networks', () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(score, score, (a, b) => {
        const [low, high] = [a, b]
          .toSorted((one, other) => one - other)
          .map((p) => adultProbability([0, 0, 1 - p, p, 0], undefined));
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(high!);
      }),
    );
  });
});

describe('textProbability', () => {
  it('is small without text and grows with it', () => {
    expect(textProbability(0)).toBeLessThan(0.2);
    expect(textProbability(0.1)).toBeGreaterThan(0.8);
    expect(textProbability(1)).toBeLessThanOrEqual(1);
  });
});
