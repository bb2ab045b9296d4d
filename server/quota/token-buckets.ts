export interface BucketOptions {
  /** Tokens per second, more than 0. */
  readonly rate: number;
  /** Tokens of a full bucket. */
  readonly burst: number;
  /** Buckets that are remembered at most. */
  readonly maxBuckets?: number;
  /** Milliseconds of a clock that is never set. */
  readonly now?: () => number;
}

/** A sum of floating-point times may be off by this many tokens. */
const roundingError = 1e-6;

/**
 * Token buckets by key, all of the same rate and size. A bucket is the time at which it will be full: a full bucket and
 * a missing one are the same, so that idle keys need no memory.
 */
export class TokenBuckets {
  readonly #rate: number;
  readonly #burst: number;
  readonly #maxBuckets: number;
  readonly #now: () => number;
  readonly #fullAt = new Map<string, number>();

  constructor({ rate, burst, maxBuckets = 10_000, now = () => performance.now() }: BucketOptions) {
    this.#rate = rate;
    this.#burst = burst;
    this.#maxBuckets = maxBuckets;
    this.#now = now;
  }

  /** Number of buckets that are remembered. */
  get size(): number {
    return this.#fullAt.size;
  }

  /** Takes up to `wanted` tokens. @returns how many */
  take(key: string, wanted: number): number {
    const taken = Math.max(0, Math.min(wanted, Math.floor(this.#available(key) + roundingError)));
    this.charge(key, taken);
    return taken;
  }

  /** Takes tokens that need not be there. Nobody gets any until the bucket is out of debt. */
  charge(key: string, tokens: number): void {
    if (tokens <= 0) return;
    const now = this.#now();
    this.#fullAt.set(key, Math.max(this.#fullAt.get(key) ?? 0, now) + (tokens * 1000) / this.#rate);
    if (this.#fullAt.size > this.#maxBuckets) this.#forget(now);
  }

  /** Seconds until the bucket has `wanted` tokens, 0 if it has them now. */
  secondsUntil(key: string, wanted: number): number {
    const missing = wanted - this.#available(key);
    return missing <= roundingError ? 0 : missing / this.#rate;
  }

  #available(key: string): number {
    const fullInMs = Math.max(0, (this.#fullAt.get(key) ?? 0) - this.#now());
    return this.#burst - (fullInMs * this.#rate) / 1000;
  }

  /**
   * Forgets a tenth of the buckets, the fullest first. Forgetting one fills it, so whoever names many keys regains less
   * than somebody who has used up one.
   */
  #forget(now: number): void {
    const fullestFirst = [...this.#fullAt].toSorted(([, one], [, other]) => one - other);
    const excess = fullestFirst.length - Math.floor(0.9 * this.#maxBuckets);
    for (const [position, [key, fullAt]] of fullestFirst.entries()) {
      if (position >= excess && fullAt > now) return;
      this.#fullAt.delete(key);
    }
  }
}
