import { describe, expect, it } from 'vitest';
import { inSlices } from './in-slices.js';

/** A task that keeps the thread busy for a while. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const never = new AbortController().signal;

describe('inSlices', () => {
  it('lets the event loop turn while it works', async () => {
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    const results = await inSlices([1, 2, 3, 4, 5, 6], never, (number) => {
      busy(15);
      return 2 * number;
    });
    clearInterval(counting);
    expect(results).toEqual([2, 4, 6, 8, 10, 12]);
    expect(turns).toBeGreaterThan(2);
  });

  it('ends when the signal fires', async () => {
    const controller = new AbortController();
    let done = 0;
    setTimeout(() => controller.abort(new Error('gone')), 5);
    const endless = (function* () {
      for (;;) yield 0;
    })();
    await expect(
      inSlices(endless, controller.signal, () => {
        busy(3);
        done++;
      }),
    ).rejects.toThrow('gone');
    expect(done).toBeGreaterThan(0);
  });
});
