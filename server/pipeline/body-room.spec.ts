import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VisionError } from '../errors/errors.js';
import { BodyRoom, BodyShare, type Release } from './body-room.js';

const megabyte = 1 << 20;
const { signal } = new AbortController();
/** 40 MB, of which 10 are for small bodies. */
let room: BodyRoom;

beforeEach(() => {
  vi.useFakeTimers();
  room = new BodyRoom({ bytes: 40 * megabyte, maxWaitSeconds: 10 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Asks for room. @returns what became of it, now and later */
function ask(bytes: number, given = signal) {
  const asked: { state: 'waits' | 'has' | 'refused'; error?: unknown; release: Release } = {
    state: 'waits',
    release: () => {},
  };
  room.take(bytes, given).then(
    (release) => Object.assign(asked, { state: 'has', release }),
    (error: unknown) => Object.assign(asked, { state: 'refused', error }),
  );
  return asked;
}

/** Lets promises settle. */
async function settled(...asked: Array<{ readonly state: string }>): Promise<string[]> {
  await vi.advanceTimersByTimeAsync(0);
  return asked.map(({ state }) => state);
}

describe('the room of bodies', () => {
  it('is granted first come first served', async () => {
    const [first, second, third, fourth] = [20, 20, 5, 10].map((size) => ask(size * megabyte));
    expect(await settled(first!, second!, third!, fourth!)).toEqual(['has', 'waits', 'waits', 'waits']);
    expect(room.inFlightBytes).toBe(20 * megabyte);
    first!.release();
    expect(await settled(second!, third!, fourth!)).toEqual(['has', 'has', 'waits']);
    first!.release();
    second!.release();
    expect(await settled(fourth!)).toEqual(['has']);
    third!.release();
    fourth!.release();
    expect(room.inFlightBytes).toBe(0);
  });

  it('keeps a part for small bodies, and lets them use the rest in their turn', async () => {
    const large = [ask(30 * megabyte), ask(30 * megabyte)];
    const small = Array.from({ length: 12 }, () => ask(megabyte));
    expect(await settled(...large)).toEqual(['has', 'waits']);
    expect((await settled(...small)).filter((state) => state === 'has')).toHaveLength(10);
    small[0]!.release();
    expect(await settled(small[10]!, small[11]!)).toEqual(['has', 'waits']);
    large[0]!.release();
    expect(await settled(large[1]!, small[11]!)).toEqual(['has', 'waits']);
    large[1]!.release();
    expect(await settled(small[11]!)).toEqual(['has']);
  });

  it('is refused after the longest wait, with when to retry', async () => {
    ask(30 * megabyte);
    const late = ask(2 * megabyte);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(late.state).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    const { error } = late;
    expect(error instanceof VisionError && [error.reason, error.code, error.message]).toEqual([
      'BODIES_FULL',
      14,
      'The server has no memory for more request bodies: 31457280 of 41943040 bytes are taken. Retry in 5 s',
    ]);
    expect(room.inFlightBytes).toBe(30 * megabyte);
  });

  it('is left by a call that ends, and those behind it move up', async () => {
    const first = ask(20 * megabyte);
    const leaving = new AbortController();
    const [left, behind] = [ask(30 * megabyte, leaving.signal), ask(5 * megabyte)];
    expect(await settled(first, left, behind)).toEqual(['has', 'waits', 'waits']);
    leaving.abort(new Error('gone'));
    expect(await settled(left, behind)).toEqual(['refused', 'has']);
    expect(left.error).toEqual(new Error('gone'));
    const late = ask(1, leaving.signal);
    expect(await settled(late)).toEqual(['refused']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes as a whole to a body that is larger', async () => {
    const first = ask(megabyte * 2);
    const huge = ask(100 * megabyte);
    expect(await settled(huge)).toEqual(['waits']);
    first.release();
    expect(await settled(huge)).toEqual(['has']);
    expect(room.inFlightBytes).toBe(30 * megabyte);
    huge.release();
    expect(room.inFlightBytes).toBe(0);
  });

  it('can be given back in part', async () => {
    const asked = ask(20 * megabyte);
    await settled(asked);
    asked.release(5 * megabyte);
    expect(room.inFlightBytes).toBe(5 * megabyte);
    asked.release(10 * megabyte);
    expect(room.inFlightBytes).toBe(5 * megabyte);
    asked.release();
    expect(room.inFlightBytes).toBe(0);
  });
});

describe('the share of a body', () => {
  it('grows with it, and is given back at once', async () => {
    const share = new BodyShare(room);
    await share.growTo(60_000, signal);
    expect(room.inFlightBytes).toBe(0);
    await share.growTo(megabyte, signal);
    await share.growTo(3 * megabyte, signal);
    await share.growTo(2 * megabyte, signal);
    expect([share.bytes, room.inFlightBytes]).toEqual([3 * megabyte, 3 * megabyte]);
    share.close();
    share.close();
    expect(room.inFlightBytes).toBe(0);
  });

  it('keeps nothing that it gets after the call', async () => {
    const share = new BodyShare(room);
    const growing = share.growTo(megabyte, signal);
    share.close();
    await growing;
    expect(room.inFlightBytes).toBe(0);
  });
});
