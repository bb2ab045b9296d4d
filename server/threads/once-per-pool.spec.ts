import { describe, expect, it } from 'vitest';
import { oncePerPool } from './once-per-pool.js';
import { WorkerPool } from './worker-pool.js';

type NoJobs = { idle: { input: undefined; output: undefined } };

const emptyPool = (): WorkerPool<NoJobs> =>
  new WorkerPool({ name: 'empty', entry: new URL(import.meta.url), size: 0, workerData: undefined });

describe('oncePerPool', () => {
  it('gives all who ask with a pool the same, and another with another pool', () => {
    let count = 0;
    const made = oncePerPool((pool: WorkerPool<NoJobs>) => ({ pool, number: count++ }));
    const [first, second] = [emptyPool(), emptyPool()];
    expect([made(first), made(first), made(second)]).toEqual([
      { pool: first, number: 0 },
      { pool: first, number: 0 },
      { pool: second, number: 1 },
    ]);
    expect(made(first)).toBe(made(first));
  });
});
