import { createHash } from 'node:crypto';
import type { EngineRequest } from './engine-connection.js';

/** Requests that are remembered, and for how long. */
const maxEntries = 1000;
const memoryMs = 10 * 60_000;
/** A request that was in the process when it ended so often, and did not succeed in between, is to blame. */
const fatalEnds = 3;
/** Smaller requests hold no image, or one of a few pixels. */
const minBytes = 1024;

interface Suspect {
  readonly bytes: number;
  readonly ends: number;
  readonly expiresMs: number;
}

/**
 * Remembers the requests that an engine process was working on when it ended, so that one that ends it cannot do so
 * again and again: a client that obeys RetryInfo would send it for ever.
 */
export class Quarantine {
  readonly #now: () => number;
  readonly #suspects = new Map<string, Suspect>();

  /** @param now milliseconds of a clock that never jumps */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** To be called with the requests that ran when the process ended. */
  blame(requests: readonly EngineRequest[]): void {
    const expiresMs = this.#now() + memoryMs;
    const keys = new Map(requests.filter((each) => bytesOf(each) >= minBytes).map((each) => [keyOf(each), each]));
    for (const [key, request] of keys) {
      const ends = (this.#suspects.get(key)?.ends ?? 0) + 1;
      this.#suspects.delete(key);
      this.#suspects.set(key, { bytes: bytesOf(request), ends, expiresMs });
    }
    for (const key of this.#suspects.keys()) {
      if (this.#suspects.size <= maxEntries) break;
      this.#suspects.delete(key);
    }
  }

  /** Whether a request must not run. Costs nothing as long as no request of its size ran when a process ended. */
  holds(request: EngineRequest): boolean {
    if (!this.#mayKnow(request)) return false;
    return (this.#suspects.get(keyOf(request))?.ends ?? 0) >= fatalEnds;
  }

  /** To be called with a request that succeeded. */
  acquit(request: EngineRequest): void {
    if (this.#mayKnow(request)) this.#suspects.delete(keyOf(request));
  }

  #mayKnow(request: EngineRequest): boolean {
    const [now, size] = [this.#now(), bytesOf(request)];
    let may = false;
    for (const [key, { bytes, expiresMs }] of this.#suspects) {
      if (expiresMs <= now) this.#suspects.delete(key);
      else may ||= bytes === size;
    }
    return may;
  }
}

function bytesOf({ message, content }: EngineRequest): number {
  return message.length + (content?.length ?? 0);
}

function keyOf({ method, message, content, page }: EngineRequest): string {
  const hash = createHash('sha256')
    .update(`${method} ${page ?? ''}\n`)
    .update(message);
  return (content === undefined ? hash : hash.update(content)).digest('base64');
}
