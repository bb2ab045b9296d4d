/** Before anything was measured: the share of their time that threads spend on the work that was estimated. */
const firstEfficiency = 0.7;
/** Time that makes one measurement, in milliseconds. */
const periodMs = 2000;
/** Weight of a new measurement. */
const weight = 0.4;

/** Work that goes on. */
export interface StartedWork {
  /** Estimated. */
  readonly milliseconds: number;
  readonly startedMs: number;
}

/**
 * How fast estimated work is done, measured while more of it waits. Estimates need not be right then, only
 * proportional to the time that the work takes.
 */
export class Throughput {
  readonly #threads: number;
  readonly #now: () => number;
  /** Estimated milliseconds of work per millisecond. */
  #rate: number;
  /** Work that was started and is not finished. */
  #open = 0;
  /** Start of the measurement. */
  #since: number | undefined;
  /** Work done since then. */
  #done = 0;

  /** @param threads that work @param now milliseconds */
  constructor(threads: number, now: () => number) {
    this.#threads = threads;
    this.#rate = threads * firstEfficiency;
    this.#now = now;
  }

  /** Seconds until so many estimated milliseconds of waiting work are done. */
  secondsFor(milliseconds: number): number {
    // Work that runs is done by half, on average.
    return (milliseconds + this.#open / 2) / this.#rate / 1000;
  }

  /** @param milliseconds estimated */
  started(milliseconds: number): StartedWork {
    this.#open += milliseconds;
    return { milliseconds, startedMs: this.#now() };
  }

  /** @param isSaturated whether other work waits, so that the time since the last call was spent on work */
  finished({ milliseconds, startedMs }: StartedWork, isSaturated: boolean): void {
    const now = this.#now();
    this.#open = Math.max(0, this.#open - milliseconds);
    if (this.#since !== undefined) {
      // Work that was given up, or found to be none, was not done faster than threads can work.
      this.#done += Math.min(milliseconds, this.#threads * (now - startedMs));
      const busyMs = now - this.#since;
      if (busyMs >= periodMs) {
        this.#rate += weight * (this.#done / busyMs - this.#rate);
        this.#since = undefined;
      }
    }
    if (!isSaturated) this.#since = undefined;
    else if (this.#since === undefined) {
      this.#since = now;
      this.#done = 0;
    }
  }
}
