import { setImmediate } from 'node:timers/promises';

/** Time after which other work gets its turn. Most answers take less. */
const sliceMs = 10;

/**
 * Runs a task for one item after the other on the calling thread, and lets its event loop turn in between.
 * @throws the signal's reason, or what the task throws
 */
export async function inSlices<Item, Result>(
  items: Iterable<Item>,
  signal: AbortSignal,
  task: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let started = performance.now();
  for (const item of items) {
    results.push(task(item));
    if (performance.now() - started < sliceMs) continue;
    await setImmediate();
    signal.throwIfAborted();
    started = performance.now();
  }
  return results;
}
