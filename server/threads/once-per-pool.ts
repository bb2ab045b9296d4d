import type { JobTable } from './jobs.js';
import type { WorkerPool } from './worker-pool.js';

/** What is made of a pool, made once for each: all who want it share it, and with it what it remembers. */
export function oncePerPool<Jobs extends JobTable, Made>(
  make: (pool: WorkerPool<Jobs>) => Made,
): (pool: WorkerPool<Jobs>) => Made {
  const made = new WeakMap<WorkerPool<Jobs>, Made>();
  return (pool) => {
    const existing = made.get(pool);
    if (existing !== undefined) return existing;
    const result = make(pool);
    made.set(pool, result);
    return result;
  };
}
