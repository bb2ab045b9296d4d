import { afterEach, describe, expect, it } from 'vitest';
import { JobTooLongError } from './job-too-long-error.js';
import type { WorkerPoolOptions } from './pool-options.js';
import { WorkerCrashedError, WorkerPool } from './worker-pool.js';

type OddJobs = {
  add: { input: { a: number; b: number }; output: number };
  count: { input: { counter: Int32Array; to: number }; output: string };
  retire: { input: undefined; output: number };
  spin: { input: undefined; output: never };
  fail: { input: undefined; output: never };
  wait: { input: { milliseconds: number }; output: string };
  die: { input: undefined; output: never };
  throwOutside: { input: undefined; output: never };
};

const entry = new URL('../../test/workers/odd-jobs.mjs', import.meta.url);
const never = new AbortController().signal;
let pool: WorkerPool<OddJobs>;
const crashes: Error[] = [];
const left: number[] = [];

function start(size: number, options: Partial<WorkerPoolOptions> = {}): void {
  crashes.length = 0;
  left.length = 0;
  pool = new WorkerPool({
    name: 'odd',
    entry,
    size,
    workerData: undefined,
    onCrash: (error) => crashes.push(error),
    onLost: (threads) => left.push(threads),
    ...options,
  });
}

function sharedCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

afterEach(() => pool.close());

describe('WorkerPool', () => {
  it('runs jobs, more than it has threads', async () => {
    start(2);
    const sums = await Promise.all(Array.from({ length: 20 }, (_, a) => pool.run('add', { a, b: 1 }, never)));
    expect(sums).toEqual(Array.from({ length: 20 }, (_, a) => a + 1));
  });

  it('rejects with what a job throws, and keeps running', async () => {
    start(1);
    await expect(pool.run('fail', undefined, never)).rejects.toThrow('this job fails');
    await expect(pool.run('add', { a: 1, b: 2 }, never)).resolves.toBe(3);
    expect(crashes).toEqual([]);
  });

  it.each(['die', 'throwOutside'] as const)('loses only the job of a thread that dies (%s)', async (name) => {
    start(1);
    const doomed = pool.run(name, undefined, never);
    const next = pool.run('add', { a: 1, b: 2 }, never);
    await expect(doomed).rejects.toThrow(WorkerCrashedError);
    await expect(doomed).rejects.toThrow(/^A thread of the odd pool crashed: /);
    await expect(next).resolves.toBe(3);
    expect(crashes).toHaveLength(1);
  });

  it('drops a waiting job when its call is cancelled, and never runs it', async () => {
    start(1);
    const controller = new AbortController();
    const first = pool.run('wait', { milliseconds: 200 }, never);
    const cancelled = pool.run('die', undefined, controller.signal);
    controller.abort(new Error('gone'));
    await expect(cancelled).rejects.toThrow('gone');
    await expect(first).resolves.toBe('waited');
    await expect(pool.run('add', { a: 1, b: 2 }, never)).resolves.toBe(3);
    expect(crashes).toEqual([]);
  });

  it('does not wait for a running job whose call is cancelled', async () => {
    start(1);
    await pool.run('add', { a: 0, b: 0 }, never);
    const controller = new AbortController();
    const running = pool.run('wait', { milliseconds: 300 }, controller.signal);
    controller.abort(new Error('gone'));
    await expect(running).rejects.toThrow('gone');
  });

  it('ends a running job whose call is cancelled, and gives its thread to the next', async () => {
    start(1);
    const controller = new AbortController();
    const counter = sharedCounter();
    const to = 2 ** 31 - 1;
    const long = pool.run('count', { counter, to }, controller.signal);
    await expect.poll(() => counter[0]).toBeGreaterThan(0);
    const next = pool.run('add', { a: 1, b: 2 }, never);
    controller.abort(new Error('gone'));
    await expect(long).rejects.toThrow('gone');
    await expect(next).resolves.toBe(3);
    expect(counter[0]).toBeLessThan(to);
    expect(crashes).toEqual([]);
  });

  it('ends a thread whose job takes too long, if it may, and starts another one', async () => {
    start(1, { endAfterSeconds: 0.03 });
    // More often than threads may crash in a row.
    for (let time = 0; time < 22; time++) {
      await expect(pool.run('spin', undefined, never)).rejects.toThrow(JobTooLongError);
    }
    await expect(pool.run('add', { a: 1, b: 2 }, never)).resolves.toBe(3);
    expect([crashes, left, pool.status().stopped]).toEqual([[], [], 0]);
  });

  it('replaces a thread that retires, after its job', async () => {
    start(1);
    const threads = await Promise.all(Array.from({ length: 22 }, () => pool.run('retire', undefined, never)));
    expect(new Set(threads).size).toBe(22);
    await expect(pool.run('add', { a: 1, b: 2 }, never)).resolves.toBe(3);
    expect([crashes, left, pool.status().stopped]).toEqual([[], [], 0]);
  });

  it('ends only the job of the call that is cancelled', async () => {
    start(2);
    const controller = new AbortController();
    const [gone, stays] = [sharedCounter(), sharedCounter()];
    const cancelled = pool.run('count', { counter: gone, to: 2 ** 31 - 1 }, controller.signal);
    await expect.poll(() => gone[0]).toBeGreaterThan(0);
    const other = pool.run('count', { counter: stays, to: 1_000_000 }, never);
    controller.abort(new Error('gone'));
    await expect(cancelled).rejects.toThrow('gone');
    await expect(other).resolves.toBe('counted');
    await expect(pool.run('count', { counter: sharedCounter(), to: 1000 }, never)).resolves.toBe('counted');
  });

  it('lets calls take turns, however many jobs one of them has', async () => {
    start(1);
    const [huge, small] = [new AbortController().signal, new AbortController().signal];
    const order: string[] = [];
    const run = async (name: string, signal: AbortSignal): Promise<void> => {
      await pool.run('add', { a: 1, b: 2 }, signal);
      order.push(name);
    };
    const hundred = Array.from({ length: 100 }, () => run('huge', huge));
    const first = Promise.race(hundred);
    const two = [run('small', small), run('small', small)];
    await first;
    const late = run('late', new AbortController().signal);
    await Promise.all([...hundred, ...two, late]);
    expect(order.slice(0, 5).toSorted()).toEqual(['huge', 'huge', 'late', 'small', 'small']);
  });

  it('runs heavy jobs on half of its threads, and others on all', async () => {
    start(2);
    const heavy = [300, 1].map((milliseconds) => pool.run('wait', { milliseconds }, never, 'heavy'));
    expect(pool.status()).toMatchObject({ busy: 1, idle: 1, waiting: 1 });
    await expect(pool.run('add', { a: 1, b: 2 }, never)).resolves.toBe(3);
    expect(pool.status()).toMatchObject({ busy: 1, idle: 1, waiting: 1 });
    await expect(Promise.all(heavy)).resolves.toEqual(['waited', 'waited']);
  });

  it('runs heavy jobs also when the thread for them is lost', async () => {
    start(2);
    await Promise.allSettled(Array.from({ length: 20 }, () => pool.run('die', undefined, never, 'heavy')));
    await expect.poll(() => left).toEqual([1]);
    const heavy = pool.run('wait', { milliseconds: 1 }, never, 'heavy');
    await expect(heavy).resolves.toBe('waited');
  });

  it('says what it is doing', async () => {
    start(2);
    expect(pool.status()).toEqual({ busy: 0, idle: 2, stopped: 0, waiting: 0, crashes: 0 });
    const jobs = [300, 1, 1].map((milliseconds) => pool.run('wait', { milliseconds }, never));
    expect(pool.status()).toEqual({ busy: 2, idle: 0, stopped: 0, waiting: 1, crashes: 0 });
    await Promise.all(jobs);
    await expect(pool.run('die', undefined, never)).rejects.toThrow(WorkerCrashedError);
    expect(pool.status()).toEqual({ busy: 0, idle: 1, stopped: 1, waiting: 0, crashes: 1 });
    await expect.poll(() => pool.status().idle).toBe(2);
  });

  it('reports a job that is stuck once, also after its call is gone', async () => {
    const stuck: Array<[string, number]> = [];
    start(1, { stuckAfterSeconds: 0.05, onStuck: (name, seconds) => stuck.push([name, seconds]) });
    await pool.run('wait', { milliseconds: 1 }, never);
    const controller = new AbortController();
    const long = pool.run('wait', { milliseconds: 400 }, controller.signal);
    const next = pool.run('add', { a: 1, b: 2 }, never);
    controller.abort(new Error('gone'));
    await expect(long).rejects.toThrow('gone');
    await expect(next).resolves.toBe(3);
    expect(stuck).toEqual([['wait', expect.any(Number)]]);
    expect(stuck[0]![1]).toBeGreaterThan(0.04);
  });

  it('accepts no job for a cancelled call', async () => {
    start(1);
    await expect(pool.run('add', { a: 1, b: 2 }, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });

  it('reports threads that keep crashing as lost, and rejects jobs once none is left', async () => {
    start(2);
    const deaths = Array.from({ length: 25 }, () => pool.run('die', undefined, never));
    const waiting = pool.run('add', { a: 1, b: 2 }, never);
    const outcomes = await Promise.allSettled([...deaths, waiting]);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(26).fill('rejected'));
    expect(left.at(-1)).toBe(0);
    expect(left.filter((threads) => threads === 0)).toHaveLength(1);
    await expect(pool.run('add', { a: 1, b: 2 }, never)).rejects.toThrow(WorkerCrashedError);
  });

  it('keeps running on the threads that are left', async () => {
    start(2);
    const busy = pool.run('wait', { milliseconds: 60_000 }, never);
    const deaths = await Promise.allSettled(Array.from({ length: 20 }, () => pool.run('die', undefined, never)));
    expect(deaths.map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
    await expect.poll(() => left).toEqual([1]);
    const next = pool.run('add', { a: 1, b: 2 }, never);
    const both = Promise.allSettled([busy, next]);
    // It waits for the thread that is left. A pool that had given up would have refused it by now.
    const turn = new Promise((resolve) => setImmediate(() => resolve('waiting')));
    await expect(Promise.race([next, turn])).resolves.toBe('waiting');
    await pool.close();
    await both;
  });

  it('rejects waiting jobs when it is closed', async () => {
    start(1);
    const running = pool.run('wait', { milliseconds: 10_000 }, never);
    const waiting = pool.run('add', { a: 1, b: 2 }, never);
    const both = Promise.allSettled([running, waiting]);
    await pool.close();
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(pool.run('add', { a: 1, b: 2 }, never)).rejects.toThrow('closed');
  });
});
