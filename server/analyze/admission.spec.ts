import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Admission, type AdmissionLimits, type Work } from './admission.js';

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
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

const limits: AdmissionLimits = { maxQueue: 10, maxPixelsInFlight: 100, workers: 2, maxWaitSeconds: 10 };
const image = (pixels: number, milliseconds = 1): Work => ({ pixels, milliseconds });
const images = (count: number, milliseconds = 1): Work[] => Array(count).fill(image(1, milliseconds));

/** An admission and a clock that the test sets. */
function admissionWith(given: Partial<AdmissionLimits> = {}): { admission: Admission; clock: { ms: number } } {
  const clock = { ms: 0 };
  return { admission: new Admission({ ...limits, ...given }, () => clock.ms), clock };
}

/** Starts the images of a folder. */
function start(admission: Admission, folder: string, ...works: readonly Work[]) {
  const admitted = admission.enter(folder, works);
  return works.map((work) => {
    const { run, started, end } = task();
    return { started, end, done: admitted.run(work, never, run) };
  });
}

const startedOf = (tasks: ReadonlyArray<{ started: () => boolean }>): boolean[] => tasks.map((each) => each.started());

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('enter', () => {
  const overloaded = expect.objectContaining({ reason: 'OVERLOADED' });

  it('rejects a request that would exceed the limit of images', () => {
    const { admission } = admissionWith();
    const first = admission.enter('a', images(8));
    expect(() => admission.enter('a', images(3))).toThrow(overloaded);
    admission.enter('a', images(2));
    first.leave();
    expect(() => admission.enter('a', images(9))).toThrow(overloaded);
    admission.enter('a', images(8));
  });

  it('admits a request that is larger than the limit if there is no other', () => {
    const { admission } = admissionWith({ maxQueue: 1 });
    admission.enter('a', images(8));
    expect(() => admission.enter('a', images(1))).toThrow(overloaded);
  });

  it('admits folders with less than their share beyond the limit, up to its double', () => {
    const { admission } = admissionWith();
    admission.enter('loud', images(10));
    for (const folder of ['a', 'b', 'c']) admission.enter(folder, images(2));
    expect(() => admission.enter('loud', images(1))).toThrow(overloaded);
    expect(() => admission.enter('a', images(2))).toThrow(overloaded);
    admission.enter('d', images(1));
    admission.enter('e', images(1));
    admission.enter('f', images(1));
    admission.enter('g', images(1));
    expect(() => admission.enter('h', images(1))).toThrow(overloaded);
  });

  it('rejects a request that could not start in time, and says how long that takes', async () => {
    const { admission } = admissionWith({ workers: 1, maxQueue: 100 });
    // Two run, the others wait: 28 s of one thread, at 70 % of the estimated speed, and half of what runs.
    start(admission, 'a', ...images(16, 2000));
    await settle();
    const waitSeconds = (14 * 2000 + 2000) / 0.7 / 1000;
    expect(() => admission.enter('a', images(1))).toThrow(
      expect.objectContaining({ metadata: { seconds: String(Math.ceil(waitSeconds - 10)) } }),
    );
  });

  it('admits a folder that has nothing waiting while another has too much', async () => {
    const { admission } = admissionWith({ workers: 1, maxQueue: 100 });
    start(admission, 'loud', ...images(16, 2000));
    await settle();
    const [quiet] = start(admission, 'quiet', image(1, 500));
    const [next] = start(admission, 'quiet', image(1, 500));
    expect(() => admission.enter('loud', images(1))).toThrow(overloaded);
    expect([quiet, next].map((each) => each?.started())).toEqual([false, false]);
  });

  it('measures how fast the work is done', async () => {
    const { admission, clock } = admissionWith({ workers: 1, maxQueue: 1000 });
    // Each is estimated at 100 ms, and takes 500 ms: two at a time, so a fifth of the speed is a twentieth of the rate.
    const tasks = start(admission, 'a', ...images(60, 100));
    for (const [position, each] of tasks.slice(0, 40).entries()) {
      clock.ms = 500 * (position + 1);
      each.end();
      await settle();
    }
    // 18 wait: 1.9 s of estimated work, which takes 9.5 s.
    admission.enter('a', images(1));
    start(admission, 'a', ...images(3, 100));
    expect(() => admission.enter('a', images(1))).toThrow(overloaded);
  });
});

describe('the measured speed', () => {
  it('is not that of images that turn out to be none', async () => {
    const { admission, clock } = admissionWith({ workers: 1, maxQueue: 1000 });
    // Estimated at two seconds each, and damaged: done after 20 ms.
    const tasks = start(admission, 'a', ...images(300, 2000));
    for (const [position, each] of tasks.slice(0, 250).entries()) {
      clock.ms = 20 * (position + 1);
      each.end();
      await settle();
    }
    expect(() => admission.enter('a', images(1))).toThrow(expect.objectContaining({ reason: 'OVERLOADED' }));
  });
});

describe('run', () => {
  it('starts what fits, and the rest in order as room becomes free', async () => {
    const { admission } = admissionWith();
    const tasks = start(admission, 'a', image(60), image(60), image(10));
    await settle();
    // The small one does not overtake: a large image would wait for ever.
    expect(startedOf(tasks)).toEqual([true, false, false]);
    tasks[0]?.end();
    await settle();
    expect(startedOf(tasks)).toEqual([true, true, true]);
    for (const { end } of tasks) end();
    expect(await Promise.all(tasks.map(({ done }) => done))).toEqual(['done', 'done', 'done']);
    expect(admission.status).toEqual({ waiting: 0, running: 0, pixels: 0 });
  });

  it('starts three images for two threads at most', async () => {
    const { admission } = admissionWith({ workers: 2 });
    const tasks = start(admission, 'a', ...images(6));
    await settle();
    expect(startedOf(tasks)).toEqual([true, true, true, false, false, false]);
    expect(admission.status).toMatchObject({ waiting: 3, running: 3, pixels: 3 });
  });

  it('serves folders in turns', async () => {
    const { admission } = admissionWith({ workers: 1, maxQueue: 100 });
    const loud = start(admission, 'loud', ...images(8, 100));
    const quiet = start(admission, 'quiet', ...images(2, 100));
    await settle();
    loud[0]?.end();
    loud[1]?.end();
    await settle();
    expect([startedOf(loud).filter(Boolean).length, startedOf(quiet)]).toEqual([3, [true, false]]);
    loud[2]?.end();
    quiet[0]?.end();
    await settle();
    expect([startedOf(loud).filter(Boolean).length, startedOf(quiet)]).toEqual([4, [true, true]]);
  });

  it('keeps room for others beside large images', async () => {
    const { admission } = admissionWith({ maxPixelsInFlight: 40_000_000 });
    const [first, second] = start(admission, 'a', image(20_000_000), image(20_000_000));
    const small = start(admission, 'a', image(1_000_000), image(1_000_000));
    await settle();
    expect(startedOf([first!, second!, ...small])).toEqual([true, false, true, true]);
    first?.end();
    await settle();
    expect(second?.started()).toBe(true);
  });

  it('starts an image that is larger than the limit if it is alone', async () => {
    const { admission } = admissionWith({ maxPixelsInFlight: 1 });
    const [alone] = start(admission, 'a', image(1000));
    await settle();
    expect(alone?.started()).toBe(true);
  });

  it('frees the room of a task that fails', async () => {
    const { admission } = admissionWith({ maxPixelsInFlight: 1 });
    const admitted = admission.enter('a', images(2));
    await expect(admitted.run(image(1), never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(admitted.run(image(1), never, async () => 'done')).resolves.toBe('done');
  });

  it('keeps the room of a task as long as that holds it', async () => {
    const { admission } = admissionWith({ maxPixelsInFlight: 1 });
    let end = (): void => {};
    const admitted = admission.enter('a', images(2));
    const first = admitted.run(image(1), never, async (hold) => {
      hold(new Promise((resolve) => (end = resolve)));
      return 'done';
    });
    const second = task();
    const later = admitted.run(image(1), never, second.run);
    expect(await first).toBe('done');
    await settle();
    expect([second.started(), admission.status.running]).toEqual([false, 1]);
    end();
    await settle();
    expect(second.started()).toBe(true);
    second.end();
    await later;
  });

  it('adds one listener to a signal, however many images of its call wait', async () => {
    const dropped: unknown[] = [];
    const { admission } = admissionWith({
      maxPixelsInFlight: 1,
      maxQueue: 20,
      onDropped: (reason) => dropped.push(reason),
    });
    const controller = new AbortController();
    const admitted = admission.enter('a', images(20));
    const all = Array.from({ length: 20 }, () => admitted.run(image(1), controller.signal, task().run));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort(new Error('gone'));
    const outcomes = await Promise.allSettled(all.slice(1));
    expect(outcomes.map(({ status }) => status)).toEqual(Array(19).fill('rejected'));
    expect(admission.status.waiting).toBe(0);
    expect(dropped).toEqual(Array(19).fill(controller.signal.reason));
  });

  it('forgets a cancelled image, and starts the next one', async () => {
    const { admission } = admissionWith();
    const [a, b, c] = [task(), task(), task()];
    const controller = new AbortController();
    const admitted = admission.enter('a', images(3));
    const first = admitted.run(image(60), never, a.run);
    const cancelled = admitted.run(image(100), controller.signal, b.run);
    const third = admitted.run(image(40), never, c.run);
    controller.abort(new Error('gone'));
    await expect(cancelled).rejects.toThrow('gone');
    await settle();
    expect([b.started(), c.started()]).toEqual([false, true]);
    a.end();
    c.end();
    expect(await Promise.all([first, third])).toEqual(['done', 'done']);
  });

  it('rejects a request that has not started in time after all, but not its later images', async () => {
    const { admission } = admissionWith({ workers: 1, maxPixelsInFlight: 1, maxWaitSeconds: 2 });
    const [running, later] = start(admission, 'a', image(1), image(1));
    const late = start(admission, 'a', image(1));
    const outcome = late[0]?.done.catch((error: unknown) => error);
    await settle();
    vi.advanceTimersByTime(2000);
    expect(await outcome).toMatchObject({ reason: 'OVERLOADED' });
    expect(admission.status).toMatchObject({ waiting: 1, running: 1 });
    running?.end();
    await settle();
    expect(later?.started()).toBe(true);
  });
});
