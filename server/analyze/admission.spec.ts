import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Admission } from './admission.js';

const never = new AbortController().signal;

/** A task that ends on request. */
function task(): { run: () => Promise<string>; started: () => boolean; end: () => void } {
  let started = false;
  let end = (): void => {};
  const promise = new Promise<string>((resolve) => {
    end = () => resolve('done');
  });
  return {
    run: () => {
      started = true;
      return promise;
    },
    started: () => started,
    end: () => end(),
  };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('enter', () => {
  it('rejects a request that would exceed the limit, and names the limit', () => {
    const admission = new Admission({ maxQueue: 10, maxPixelsInFlight: 1 });
    const leave = admission.enter(8);
    expect(() => admission.enter(3)).toThrow('8 images in flight, limit 10');
    admission.enter(2);
    leave();
    expect(() => admission.enter(9)).toThrow('2 images');
    admission.enter(8);
  });

  it('admits a request that is larger than the limit if there is no other', () => {
    const admission = new Admission({ maxQueue: 1, maxPixelsInFlight: 1 });
    admission.enter(8);
    expect(() => admission.enter(1)).toThrow('8 images');
  });
});

describe('withPixels', () => {
  it('starts what fits, and the rest in order as room becomes free', async () => {
    const admission = new Admission({ maxQueue: 10, maxPixelsInFlight: 100 });
    const [a, b, c] = [task(), task(), task()];
    const all = [
      admission.withPixels(60, never, a.run),
      admission.withPixels(60, never, b.run),
      admission.withPixels(10, never, c.run),
    ];
    await settle();
    // The small one does not overtake: a large image would wait for ever.
    expect([a, b, c].map(({ started }) => started())).toEqual([true, false, false]);
    a.end();
    await settle();
    expect([b, c].map(({ started }) => started())).toEqual([true, true]);
    b.end();
    c.end();
    expect(await Promise.all(all)).toEqual(['done', 'done', 'done']);
  });

  it('admits an image that is larger than the limit if it is alone', async () => {
    const admission = new Admission({ maxQueue: 1, maxPixelsInFlight: 1 });
    await expect(admission.withPixels(1000, never, async () => 'done')).resolves.toBe('done');
  });

  it('frees the room of a task that fails', async () => {
    const admission = new Admission({ maxQueue: 1, maxPixelsInFlight: 1 });
    await expect(admission.withPixels(1, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(admission.withPixels(1, never, async () => 'done')).resolves.toBe('done');
  });

  it('adds one listener to a signal, however many images of its call wait', async () => {
    const admission = new Admission({ maxQueue: 10, maxPixelsInFlight: 1 });
    const controller = new AbortController();
    const all = Array.from({ length: 20 }, () => admission.withPixels(1, controller.signal, task().run));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort(new Error('gone'));
    const outcomes = await Promise.allSettled(all.slice(1));
    expect(outcomes.map(({ status }) => status)).toEqual(Array(19).fill('rejected'));
  });

  it('forgets a cancelled image, and starts the next one', async () => {
    const admission = new Admission({ maxQueue: 10, maxPixelsInFlight: 100 });
    const [a, b, c] = [task(), task(), task()];
    const controller = new AbortController();
    const first = admission.withPixels(60, never, a.run);
    const cancelled = admission.withPixels(100, controller.signal, b.run);
    const third = admission.withPixels(40, never, c.run);
    controller.abort(new Error('gone'));
    await expect(cancelled).rejects.toThrow('gone');
    expect([b.started(), c.started()]).toEqual([false, true]);
    a.end();
    c.end();
    expect(await Promise.all([first, third])).toEqual(['done', 'done']);
  });
});
