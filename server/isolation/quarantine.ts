import { createHash } from 'node:crypto';
import type { RequestParts } from './engine-connection.js';

/** Requests that are remembered, and for how long. */
const maxEntries = 1000;
const memoryMs = 10 * 60_000;
/** A request that was in the process when it ended so often, and did not succeed in between, is to blame. */
const fatalEnds = 2;

/**
 * Remembers the requests that an engine process was working on when it ended, so that one that ends it cannot do so
 * again and again: a client that obeys RetryInfo would send it for ever.
 */
export class Quarantine {
  readonly #now: () => number;
  readonly #suspects = new Map<string, { ends: number; expiresMs: number }>();

  /** @param now milliseconds of a clock that never jumps */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** To be called with the requests that ran when the process ended. */
  blame(requests: readonly RequestParts[]): void {
    const expiresMs = this.#now() + memoryMs;
    for (const key of new Set(requests.map(keyOf))) {
      const ends = (this.#suspects.get(key)?.ends ?? 0) + 1;
      this.#suspects.delete(key);
      this.#suspects.set(key, { ends, expiresMs });
    }
    for (const key of this.#suspects.keys()) {
      if (this.#suspects.size <= maxEntries) break;
      this.#suspects.delete(key);
    }
  }

  /** Whether a request must not run. Costs nothing as long as no process has ended. */
  holds(request: RequestParts): boolean {
    if (this.#suspects.size === 0) return false;
    const now = this.#now();
    for (const [key, { expiresMs }] of this.#suspects) if (expiresMs <= now) this.#suspects.delete(key);
    return (this.#suspects.get(keyOf(request))?.ends ?? 0) >= fatalEnds;
  }

  /** To be called with a request that succeeded. */
  acquit(request: RequestParts): void {
    if (this.#suspects.size > 0) this.#suspects.delete(keyOf(request));
  }
}

function keyOf(request: RequestParts): string {
  const hash = createHash('sha256');
  for (const part of request) if (part !== undefined) hash.update(part);
  return hash.digest('base64');
}
