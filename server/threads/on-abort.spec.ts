import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from './on-abort.js';

describe('onAbort', () => {
  it('tells everyone who waits, by one listener', () => {
    const controller = new AbortController();
    const told: number[] = [];
    const release = Array.from({ length: 20 }, (_, index) => onAbort(controller.signal, () => told.push(index)));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    for (const stop of release.slice(2)) stop();
    controller.abort();
    expect(told).toEqual([0, 1]);
  });

  it('leaves nothing behind, and begins anew', () => {
    const controller = new AbortController();
    onAbort(controller.signal, () => {})();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    let told = false;
    onAbort(controller.signal, () => (told = true));
    controller.abort();
    expect(told).toBe(true);
  });

  it('lets those who are told stop waiting', () => {
    const controller = new AbortController();
    const stop = onAbort(controller.signal, () => stop());
    controller.abort();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});
