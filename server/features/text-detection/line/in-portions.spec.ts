import { describe, expect, it } from 'vitest';
import type { LineBox } from './geometry.js';
import { inPortions } from './in-portions.js';

/** A line `aspect` times as long as high. */
function line(aspect: number): LineBox {
  return [
    { x: 0, y: 0 },
    { x: 10 * aspect, y: 0 },
    { x: 10 * aspect, y: 10 },
    { x: 0, y: 10 },
  ];
}

describe('inPortions', () => {
  it('makes jobs of about the same length, and keeps the order of the lines', async () => {
    const aspects = [...Array<number>(30).fill(10), 200, 5, 5];
    const sizes: number[] = [];
    const results = await inPortions(aspects.map(line), async (portion) => {
      sizes.push(portion.length);
      // The first portions take longest.
      await new Promise((resolve) => setTimeout(resolve, 20 - sizes.length));
      return portion.map(([, { x }]) => x / 10);
    });
    expect(sizes).toEqual([6, 6, 6, 6, 6, 1, 2]);
    expect(results).toEqual(aspects);
  });

  it('runs no job for no lines', async () => {
    expect(await inPortions([], () => Promise.reject(new Error('a job')))).toEqual([]);
  });
});
