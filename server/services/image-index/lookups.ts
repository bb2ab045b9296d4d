import { VisionError } from '../../errors/errors.js';

/** Lookups of all folders at the same time. One takes milliseconds, so that more of them only pile up. */
const maxLookups = 256;
/** When a client that was refused should try again, in seconds: by then, thousands of lookups are done. */
const lookupRetrySeconds = 1;

/** Bounds the calls that ask or change the index without an image, which admission does not see. */
export class Lookups {
  #running = 0;

  /** @throws VisionError OVERLOADED if there are too many, or what the task throws */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#running >= maxLookups) throw VisionError.of('OVERLOADED', { seconds: lookupRetrySeconds });
    this.#running++;
    try {
      return await task();
    } finally {
      this.#running--;
    }
  }
}
