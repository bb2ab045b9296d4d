import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort, untilAborted } from './on-abort.js';

describe('onAbort', () => {
  it('calls all waiting callbacks with one listener', () => {
    const controller = new AbortController();
    const called: number[] = [];
    const release = Array.from({ length: 20 }, (_, index) => onAbort(controller.signal, () => called.push(index)));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    for (const stop of release.slice(2)) stop();
    controller.abort();
    expect(called).toEqual([0, 1]);
  });

  it('removes the listener, and adds it again', () => {
    const controller = new AbortController();
    onAbort(controller.signal, () => {})();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    let called = false;
    onAbort(controller.signal, () => (called = true));
    controller.abort();
    expect(called).toBe(true);
  });

  it('allows callbacks to stop waiting', () => {
    const controller = new AbortController();
    const stop = onAbort(controller.signal, () => stop());
    controller.abort();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});

describe('untilAborted', () => {
  it('is the result, or its failure, and leaves no listener', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('rejects as soon as the signal fires, and for one that has', async () => {
    const controller = new AbortController();
    let fail = (_error: Error): void => {};
    const work = new Promise<never>((_, reject) => (fail = reject));
    const waits = untilAborted(work, controller.signal);
    controller.abort(new Error('left'));
    await expect(waits).rejects.toThrow('left');
    await expect(untilAborted(work, controller.signal)).rejects.toThrow('left');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    // It is handled: Node would report it otherwise, and the test would fail.
    fail(new Error('late'));
    await new Promise(setImmediate);
  });
});
