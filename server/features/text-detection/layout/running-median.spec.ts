import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median } from './placed.js';
import { RunningMedian } from './running-median.js';

describe('RunningMedian', () => {
  it('is the median of what came so far, and knows it before a value comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }), (values) => {
        const running = new RunningMedian();
        expect(running.value).toBe(0);
        for (const [index, value] of values.entries()) {
          const expected = median(values.slice(0, index + 1));
          expect(running.with(value)).toBe(expected);
          running.add(value);
          expect(running.value).toBe(expected);
        }
      }),
    );
  });
});
