import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VisionError } from '../errors/errors.js';
import { BodyWatch } from './body-watch.js';

let watch: BodyWatch;
beforeEach(() => {
  vi.useFakeTimers();
  watch = new BodyWatch();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A body that the test lets arrive. */
function body() {
  const state = { bytes: 0, isBeingRead: true, buffered: 0, error: undefined as VisionError | undefined };
  return Object.assign(state, {
    arriving: {
      bytes: () => state.bytes,
      isBeingRead: () => state.isBeingRead,
      buffered: () => state.buffered,
      drop: (error: VisionError) => void (state.error = error),
    },
  });
}

/** Lets time pass while a body arrives at a rate, in bytes per second. */
function pass(seconds: number, rate = 0, ...bodies: ReturnType<typeof body>[]): void {
  for (let half = 0; half < 2 * seconds; half++) {
    for (const each of bodies) each.bytes += rate / 2;
    vi.advanceTimersByTime(500);
  }
}

describe('a body that arrives', () => {
  it('may take a pause of 20 s at most', () => {
    const one = body();
    watch.watch(one.arriving);
    one.bytes = 1e6;
    pass(19.5);
    one.bytes++;
    pass(20);
    expect(one.error).toBe(undefined);
    pass(0.5);
    expect([one.error?.code, one.error?.message]).toEqual([4, 'The request body arrives too slowly: no byte for 20 s']);
  });

  it('may take as long as it needs at 16 KB per second', () => {
    const [fast, slow] = [body(), body()];
    watch.watch(fast.arriving);
    watch.watch(slow.arriving);
    pass(29, 10_000, fast, slow);
    fast.bytes = 30 * 16_384;
    expect([fast.error, slow.error]).toEqual([undefined, undefined]);
    pass(7200, 16_400, fast);
    expect(fast.error).toBe(undefined);
    expect(slow.error?.message).toBe(
      'The request body arrives too slowly: less than 16384 bytes per second on average',
    );
  });

  it('is not charged for the time in which the server does not read', () => {
    const one = body();
    watch.watch(one.arriving);
    one.isBeingRead = false;
    pass(3600);
    one.isBeingRead = true;
    pass(19);
    expect(one.error).toBe(undefined);
    pass(1);
    expect(one.error?.reason).toBe('BODY_TOO_SLOW');
  });

  it('is watched until its end, and dropped once', () => {
    const [ended, dropped] = [body(), body()];
    const drop = vi.fn<(error: VisionError) => void>();
    watch.watch(ended.arriving)();
    watch.watch({ ...dropped.arriving, drop });
    pass(100);
    expect([ended.error, drop.mock.calls.length]).toEqual([undefined, 1]);
    expect(vi.getTimerCount()).toBe(0);
    const later = body();
    watch.watch(later.arriving);
    pass(20);
    expect(later.error?.reason).toBe('BODY_TOO_SLOW');
  });
});

describe('bodies that wait to be read', () => {
  it('may hold 64 MB together, and the latest are dropped', () => {
    const bodies = Array.from({ length: 6 }, body);
    for (const each of bodies) watch.watch(each.arriving);
    for (const each of bodies) each.buffered = 12 << 20;
    bodies[4]!.buffered = 0;
    pass(1);
    expect(bodies.map(({ error }) => error?.reason)).toEqual(Array(6).fill(undefined));
    bodies[2]!.buffered = 20 << 20;
    pass(1);
    expect(bodies.map(({ error }) => error?.reason)).toEqual([...Array(5).fill(undefined), 'BODIES_FULL']);
  });
});

describe('a stream between two messages', () => {
  it('may be silent for five minutes', () => {
    const one = body();
    watch.watchPause(one.arriving);
    pass(299);
    expect(one.error).toBe(undefined);
    pass(1);
    expect(one.error?.message).toContain('no byte for 300 s');
  });
});

describe('a server that shuts down', () => {
  it('waits two seconds for what is silent, and longer for what arrives', () => {
    const [silent, arriving, between] = [body(), body(), body()];
    watch.watch(silent.arriving);
    watch.watch(arriving.arriving);
    watch.watchPause(between.arriving);
    watch.drain();
    pass(1.5, 100, arriving);
    expect([silent.error, arriving.error, between.error]).toEqual([undefined, undefined, undefined]);
    pass(10, 100, arriving);
    expect([silent, arriving, between].map(({ error }) => error?.reason)).toEqual([
      'SHUTTING_DOWN',
      undefined,
      'SHUTTING_DOWN',
    ]);
  });
});
