/** Delay before the second restart in a row. It doubles with every further one. */
const firstDelayMs = 500;
const maxDelayMs = 8000;
/** A process that lived so long is not part of a row. */
const longLifeMs = 30_000;
/** So many ends in a row mean that the next process will not last either. */
const hopelessRow = 6;

/** How long to wait before a process is started again: not at all the first time, then longer and longer. */
export class Backoff {
  readonly #now: () => number;
  #row = 0;
  #lastMs = -Infinity;

  /** @param now milliseconds of a clock that never jumps */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Whether the process keeps ending. */
  get isHopeless(): boolean {
    return this.#row >= hopelessRow;
  }

  /** To be called when the process has ended. @returns milliseconds to wait */
  next(): number {
    const now = this.#now();
    if (now - this.#lastMs > longLifeMs) this.#row = 0;
    this.#lastMs = now;
    const delay = this.#row === 0 ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** (this.#row - 1));
    this.#row++;
    return delay;
  }
}
