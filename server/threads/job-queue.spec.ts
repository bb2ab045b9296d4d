import { describe, expect, it } from 'vitest';
import { JobQueue, type QueuedJob } from './job-queue.js';

interface Job extends QueuedJob {
  readonly name: string;
}

/** Jobs of one image, named after it. */
function jobsOf(name: string, isLarge: boolean, count: number): Job[] {
  const { signal } = new AbortController();
  return Array.from({ length: count }, () => ({ name, isLarge, signal }));
}

function queueWith(threads: number, ...jobs: readonly Job[]) {
  const clock = { ms: 0 };
  const queue = new JobQueue<Job>(threads, () => clock.ms);
  for (const job of jobs) queue.add(job);
  return { queue, clock };
}

/** Takes jobs one after the other while so many large ones run. */
function take(queue: JobQueue<Job>, count: number, runningLarge: number): Array<string | undefined> {
  return Array.from({ length: count }, () => queue.take(runningLarge)?.name);
}

describe('a queue of jobs', () => {
  it('lets images take turns', () => {
    const { queue } = queueWith(2, ...jobsOf('a', false, 3), ...jobsOf('b', false, 2));
    expect(take(queue, 6, 0)).toEqual(['a', 'b', 'a', 'b', 'a', undefined]);
  });

  it('lets large images use all threads when they are alone', () => {
    const { queue } = queueWith(2, ...jobsOf('scan', true, 3));
    expect([take(queue, 1, 0), take(queue, 2, 1)]).toEqual([['scan'], ['scan', 'scan']]);
  });

  it('keeps half of the threads from large images as long as there are others', () => {
    const { queue, clock } = queueWith(2, ...jobsOf('scan', true, 9), ...jobsOf('small', false, 2));
    expect([take(queue, 1, 0), take(queue, 3, 1)]).toEqual([['scan'], ['small', 'small', undefined]]);
    // The next job of the small image comes when its last one has ended.
    expect(queue.heldMs).toBe(1000);
    clock.ms = 600;
    const [next] = jobsOf('small', false, 1);
    queue.add(next!);
    expect(take(queue, 2, 1)).toEqual(['small', undefined]);
    clock.ms = 900;
    queue.ended(next!);
    clock.ms = 1800;
    expect([queue.heldMs, take(queue, 1, 1)]).toEqual([100, [undefined]]);
    clock.ms = 1900;
    expect([queue.heldMs, take(queue, 1, 1)]).toEqual([0, ['scan']]);
  });

  it('keeps half of the threads for large images, however many small ones there are', () => {
    const { queue } = queueWith(4, ...jobsOf('small', false, 9), ...jobsOf('scan', true, 9));
    expect([take(queue, 1, 0), take(queue, 1, 1), take(queue, 2, 2)]).toEqual([['scan'], ['scan'], ['small', 'small']]);
  });

  it('alternates where there is one thread', () => {
    const { queue } = queueWith(1, ...jobsOf('scan', true, 4), ...jobsOf('small', false, 2));
    expect(take(queue, 6, 0)).toEqual(['scan', 'small', 'scan', 'small', 'scan', 'scan']);
  });

  it('forgets what is removed', () => {
    const [scan, other] = jobsOf('scan', true, 2);
    const [small] = jobsOf('small', false, 1);
    const { queue } = queueWith(2, scan!, other!, small!);
    queue.delete(scan!);
    queue.delete(small!);
    queue.delete(small!);
    expect([queue.size, queue.drain(), queue.size, queue.heldMs]).toEqual([1, [other], 0, undefined]);
  });
});
