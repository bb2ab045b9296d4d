// A thread for the specs of the pool: it adds, fails, waits and dies on demand.
import { threadId } from 'node:worker_threads';
import { retireThread, serveJobs } from '../../dist/server/threads/jobs.js';

serveJobs({
  add: async ({ a, b }) => a + b,
  fail: async () => {
    throw new Error('this job fails');
  },
  // Blocks the thread while it counts, as a model does.
  count: async ({ counter, to }, checkpoint) => {
    while (Atomics.add(counter, 0, 1) < to) checkpoint();
    return 'counted';
  },
  retire: async () => {
    retireThread();
    return threadId;
  },
  // Never looks at its checkpoint.
  spin: async () => {
    for (;;);
  },
  wait: async ({ milliseconds }) => new Promise((resolve) => setTimeout(resolve, milliseconds, 'waited')),
  die: async () => process.exit(7),
  throwOutside: async () =>
    new Promise(() => {
      setTimeout(() => {
        throw new Error('outside of any job');
      });
    }),
});
