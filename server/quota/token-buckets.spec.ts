import { beforeEach, describe, expect, it } from 'vitest';
import { TokenBuckets } from './token-buckets.js';

let nowMs: number;
beforeEach(() => {
  nowMs = 123.456;
});
const pass = (seconds: number): void => void (nowMs += seconds * 1000);
const buckets = (rate: number, burst: number, maxBuckets?: number): TokenBuckets =>
  new TokenBuckets({ rate, burst, now: () => nowMs, ...(maxBuckets !== undefined && { maxBuckets }) });

/** How often one token is there. */
function takeAll(from: TokenBuckets, key = 'a'): number {
  let count = 0;
  while (from.take(key, 1) === 1) count++;
  return count;
}

describe('a bucket', () => {
  it('gets into debt by what is charged, and gives nothing until it is out of it', () => {
    const charged = buckets(2, 4);
    charged.charge('a', 6);
    expect([takeAll(charged), takeAll(charged, 'b'), charged.secondsUntil('a', 1)]).toEqual([0, 4, 1.5]);
    pass(1.5);
    expect(takeAll(charged)).toBe(1);
  });

  it.each([
    [10, 10],
    [3, 3],
    [0.5, 1],
    [0.001, 8],
    [1000, 1000],
  ])('of %d a second and %d at once fills at its rate, and no further than its size', (rate, burst) => {
    const taken = buckets(rate, burst);
    expect(takeAll(taken)).toBe(burst);
    for (let count = 0; count < 50; count++) {
      expect(taken.secondsUntil('a', 1)).toBeCloseTo(1 / rate, 6);
      pass(1 / rate);
      expect([taken.secondsUntil('a', 1), takeAll(taken)]).toEqual([0, 1]);
    }
    pass((3 * burst) / rate);
    expect(takeAll(taken)).toBe(burst);
  });

  it('gives a part where not all is there', () => {
    const taken = buckets(2, 8);
    expect([taken.take('a', 5), taken.take('a', 5), taken.take('a', 5)]).toEqual([5, 3, 0]);
    expect(taken.secondsUntil('a', 8)).toBeCloseTo(4, 6);
    pass(0.75);
    expect([taken.take('a', 5), taken.secondsUntil('a', 1)]).toEqual([1, expect.closeTo(0.25, 6)]);
  });

  it('keeps nothing from other keys', () => {
    const taken = buckets(1, 2);
    expect([takeAll(taken, 'a'), takeAll(taken, 'b'), takeAll(taken, '')]).toEqual([2, 2, 2]);
  });

  it('lets no more through after a long time than it should', () => {
    const taken = buckets(7, 7);
    nowMs = 400 * 24 * 3_600_000;
    takeAll(taken);
    let count = 0;
    for (let step = 0; step < 700; step++) {
      pass(0.01);
      count += takeAll(taken);
    }
    expect(count).toBe(49);
  });
});

describe('the memory of buckets', () => {
  it('is bounded, however many keys there are', () => {
    const taken = buckets(1, 8, 100);
    for (let key = 0; key < 10_000; key++) {
      expect(taken.take(`stranger-${key}`, 1)).toBe(1);
      expect(taken.size).toBeLessThanOrEqual(100);
    }
  });

  it('keeps the emptiest, so that strangers regain nothing for a folder by naming others', () => {
    const taken = buckets(0.001, 8, 100);
    expect(takeAll(taken, 'loud')).toBe(8);
    for (let key = 0; key < 1000; key++) taken.take(`stranger-${key}`, 1);
    expect(taken.take('loud', 1)).toBe(0);
  });

  it('forgets all that are full again', () => {
    const taken = buckets(1, 1, 100);
    for (let key = 0; key < 100; key++) taken.take(String(key), 1);
    pass(1);
    taken.take('next', 1);
    expect([taken.size, taken.take('next', 1)]).toEqual([1, 0]);
  });
});
