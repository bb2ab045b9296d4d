import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Runs a task. @returns its result, and the longest time in milliseconds that the event loop was blocked meanwhile */
export async function watched<Result>(task: () => Promise<Result>): Promise<{ result: Result; blockedMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const result = await task();
  // The delay is noted when the timer fires next.
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return { result, blockedMs: delay.max / 1e6 };
}
