import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EndReason } from './engine-child.js';
import { watchChild } from './watch-child.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(residentBytes: () => number | undefined) {
  const ends: EndReason[] = [];
  const watched = watchChild({ child: { residentBytes }, maxBytes: 1000, end: (reason) => ends.push(reason) });
  return { ...watched, ends };
}

describe('a watched process', () => {
  it('is ended when its memory passes the limit', () => {
    let bytes = 1000;
    const { ends, stop } = watch(() => bytes);
    vi.advanceTimersByTime(1000);
    expect(ends).toEqual([]);
    bytes = 1001;
    vi.advanceTimersByTime(200);
    expect(ends).toEqual(['memory']);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(ends).toEqual(['memory']);
  });

  it('is ended when it says nothing for 15 seconds', () => {
    const { ends, heard } = watch(() => undefined);
    vi.advanceTimersByTime(14_000);
    heard();
    vi.advanceTimersByTime(14_000);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(1400);
    expect(ends[0]).toBe('silent');
  });
});
