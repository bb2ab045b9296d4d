import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from './on-abort.js';

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
