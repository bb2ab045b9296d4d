import { VisionError } from '../errors/errors.js';
import { onAbort } from '../threads/on-abort.js';

export interface AdmissionLimits {
  /** Maximum images in flight over all requests, waiting ones included. */
  readonly maxQueue: number;
  /** Maximum pixels decoded at the same time. A larger image is admitted when it is alone. */
  readonly maxPixelsInFlight: number;
}

interface Waiting {
  readonly pixels: number;
  readonly start: () => void;
}

const retrySeconds = 2;

/**
 * Admission control in two steps. The first limits images in flight and rejects excess requests immediately. The second
 * limits pixels, and with them memory: images wait for their turn.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #waiting = new Set<Waiting>();
  #images = 0;
  #pixels = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /**
   * Admits all images of a request, or none.
   * @returns a function to call when the request is done
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

  /** Runs the task when its pixels fit, first come first served. */
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
      const stopListening = onAbort(signal, () => {
        this.#waiting.delete(waiting);
        stopListening();
        reject(signal.reason);
        // Images that waited behind a large one may fit now.
        this.#startWaiting();
      });
      const waiting: Waiting = {
        pixels,
        start: () => {
          stopListening();
          resolve();
        },
      };
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
