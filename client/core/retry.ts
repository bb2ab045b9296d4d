import { Code } from '../../gen/google/rpc/code.js';
import { sleep } from './abort.js';
import { VisionCallError } from './errors.js';
import type { Attempt } from './transport.js';

/** A server that says "at once" is not asked more often than this. */
const shortestWaitMs = 100;

/**
 * Calls again for as long as the server is UNAVAILABLE and says when to come back, if that is before the deadline. Every
 * other error is thrown at once: of a call that may have run, or of a server that cannot be reached.
 * @throws what the last attempt threw, or the reason of the signal
 */
export async function withRetries<T>(
  { timeoutMs, signal }: Attempt,
  call: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await call({ timeoutMs: Math.max(1, deadline - performance.now()), signal });
    } catch (error) {
      const isRetried = error instanceof VisionCallError && error.code === Code.UNAVAILABLE;
      if (!isRetried || error.retryAfterMs === undefined) throw error;
      // Those who were refused together do not come back together.
      const waitMs = Math.max(shortestWaitMs, error.retryAfterMs) * (1 + Math.random() / 4);
      if (performance.now() + waitMs >= deadline) throw error;
      await sleep(waitMs, signal);
    }
  }
}
