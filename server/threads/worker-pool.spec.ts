import { afterEach, describe, expect, it } from 'vitest';
import { WorkerCrashedError, WorkerPool } from './worker-pool.js';

type OddJobs = {
  add: { input: { a: number; b: number }; output: number };
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

function start(size: number): void {
  crashes.length = 0;
  left.length = 0;
  pool = new WorkerPool({
    name: 'odd',
    entry,
    size,
    workerData: undefined,
    onCrash: (error) => crashes.push(error),
    onLost: (threads) => left.push(threads),
  });
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
