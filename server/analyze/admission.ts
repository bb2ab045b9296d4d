import { VisionError } from '../errors/errors.js';

export interface AdmissionLimits {
  /** Images of all requests that may be inside at a time, waiting ones included. */
  readonly maxQueue: number;
  /** Pixels that may be decoded at a time. An image over it passes when it is alone. */
  readonly maxPixelsInFlight: number;
}

interface Waiting {
  readonly pixels: number;
  readonly start: () => void;
}

const retrySeconds = 2;

/**
 * Two gates in front of the engines. The first counts images and refuses at once: a client hears early that the
 * server is busy. The second counts pixels, the measure of memory, and lets images wait for their turn.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #waiting = new Set<Waiting>();
  #images = 0;
  #pixels = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Images that are inside. */
  get images(): number {
    return this.#images;
  }

  /**
   * Lets a request with so many images in, all or none.
   * @returns a function that the request calls when it is done
   * @throws VisionError OVERLOADED
   */
  enter(images: number): () => void {
    const limit = this.#limits.maxQueue;
    if (this.#images > 0 && this.#images + images > limit) {
      throw VisionError.of('OVERLOADED', { inFlight: this.#images, limit, seconds: retrySeconds });
    }
    this.#images += images;
    return () => {
      this.#images -= images;
    };
  }

  /** Runs the task when there is room for its pixels, in the order of the calls. */
  async withPixels<Result>(pixels: number, signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
    await this.#room(pixels, signal);
    try {
      return await task();
    } finally {
      this.#pixels -= pixels;
      this.#startWaiting();
    }
  }

  #room(pixels: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        this.#waiting.delete(waiting);
        signal.removeEventListener('abort', onAbort);
        reject(signal.reason);
        // What waited behind a large image may fit now.
        this.#startWaiting();
      };
      const waiting: Waiting = {
        pixels,
        start: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort);
      this.#waiting.add(waiting);
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    for (const waiting of this.#waiting) {
      if (this.#pixels > 0 && this.#pixels + waiting.pixels > this.#limits.maxPixelsInFlight) return;
      this.#waiting.delete(waiting);
      this.#pixels += waiting.pixels;
      waiting.start();
    }
  }
}
