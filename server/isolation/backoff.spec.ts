import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.js';

describe('the delay of a restart', () => {
  it('is none at first, then doubles up to eight seconds, and the row is hopeless in the end', () => {
    const backoff = new Backoff(() => 0);
    const delays = Array.from({ length: 8 }, () => [backoff.next(false), backoff.isHopeless]);
    expect(delays).toEqual([
      [0, false],
      [500, false],
      [1000, false],
      [2000, false],
      [4000, false],
      [8000, true],
      [8000, true],
      [8000, true],
    ]);
  });

  it('is short after a process that has done something, however often that is', () => {
    const backoff = new Backoff(() => 0);
    const delays = Array.from({ length: 20 }, () => [backoff.next(true), backoff.isHopeless]);
    expect(delays).toEqual([[0, false], ...Array(19).fill([500, false])]);
    expect(backoff.next(false)).toBe(1000);
  });

  it('is none again after a long life', () => {
    let now = 0;
    const backoff = new Backoff(() => now);
    for (let end = 0; end < 7; end++) backoff.next(false);
    now = 30_001;
    expect([backoff.next(false), backoff.isHopeless]).toEqual([0, false]);
    now += 29_999;
    expect(backoff.next(false)).toBe(500);
  });
});
