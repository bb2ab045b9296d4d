/** Delay before the second restart in a row. It doubles with every further one. */
const firstDelayMs = 500;
const maxDelayMs = 8000;
/** A process that lived so long is not part of a row. */
const longLifeMs = 30_000;
/** So many ends in a row mean that the next process will not last either. */
const hopelessRow = 6;

/**
 * How long to wait before a process is started again: not at all the first time, then half a second, and longer and longer
 * as long as processes end before they have done anything.
 */
export class Backoff {
  readonly #now: () => number;
  #row = 0;
  #lastMs = -Infinity;

  /** @param now milliseconds of a clock that never jumps */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Whether processes keep ending before they have done anything. */
  get isHopeless(): boolean {
    return this.#row >= hopelessRow;
  }

  /**
   * To be called when the process has ended.
   * @param wasUseful whether it had done anything
   * @returns milliseconds to wait
   */
  next(wasUseful: boolean): number {
    const now = this.#now();
    if (now - this.#lastMs > longLifeMs) this.#row = 0;
    else if (wasUseful) this.#row = Math.min(1, this.#row);
    this.#lastMs = now;
    const delay = this.#row === 0 ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** (this.#row - 1));
    this.#row++;
    return delay;
  }
}
