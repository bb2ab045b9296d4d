import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCeiling } from './ceiling.js';

const tooSlow = (): Error => new Error('too slow');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('createCeiling', () => {
  it('fires with its own reason when its time is up', () => {
    const parent = new AbortController();
    const { signal } = createCeiling(parent.signal, 30, tooSlow);
    vi.advanceTimersByTime(29_999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toEqual(tooSlow());
    expect(parent.signal.aborted).toBe(false);
    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
  });

  it('fires with the reason of its parent, and no second time', () => {
    const parent = new AbortController();
    const { signal } = createCeiling(parent.signal, 30, tooSlow);
    parent.abort(new Error('gone'));
    expect(signal.reason).toEqual(new Error('gone'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has fired if its parent has', () => {
    const { signal } = createCeiling(AbortSignal.abort(new Error('gone')), 30, tooSlow);
    expect(signal.reason).toEqual(new Error('gone'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never fires once it is released', () => {
    const parent = new AbortController();
    const { signal, release } = createCeiling(parent.signal, 30, tooSlow);
    release();
    vi.advanceTimersByTime(60_000);
    parent.abort();
    expect(signal.aborted).toBe(false);
    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
  });
});
