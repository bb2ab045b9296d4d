import type { JobTable } from './jobs.js';
import type { WorkerPool } from './worker-pool.js';

/** Memoizes a function of a pool, so that all its users share the result. */
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
