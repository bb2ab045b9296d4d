import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { atMostEvery } from './at-most-every.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('reports the first event at once, and those behind it once in a period', () => {
  const reports: number[] = [];
  const event = atMostEvery(60_000, (count) => reports.push(count));
  event();
  event();
  event();
  expect(reports).toEqual([1]);
  vi.advanceTimersByTime(60_000);
  expect(reports).toEqual([1, 2]);
  vi.advanceTimersByTime(59_000);
  event();
  vi.advanceTimersByTime(1000);
  expect(reports).toEqual([1, 2, 1]);
  vi.advanceTimersByTime(120_000);
  expect([reports, vi.getTimerCount()]).toEqual([[1, 2, 1], 0]);
  event();
  expect(reports).toEqual([1, 2, 1, 1]);
});
