import { VisionError } from '../errors/errors.js';
import { onAbort } from '../threads/on-abort.js';
import { FairQueue } from './fair-queue.js';
import { Throughput, type StartedWork } from './throughput.js';

export interface AdmissionLimits {
  /** Maximum images, running and waiting. Once it is reached, folders with less than their share may still enter. */
  readonly maxQueue: number;
  /** Maximum pixels decoded at the same time. A larger image starts when no other is running. */
  readonly maxPixelsInFlight: number;
  /** Threads that analyze images. */
  readonly workers: number;
  /** Maximum time until the first image of a request starts. */
  readonly maxWaitSeconds: number;
  /** Called for every image whose request ended before it started, with the reason. */
  readonly onDropped?: (reason: unknown) => void;
}

/** What an image takes, as far as its header and its features tell. */
export interface Work {
  readonly pixels: number;
  /** Estimated time on one core. */
  readonly milliseconds: number;
}

/** Called with a promise of when the work of a task has really ended, where that is after the task. */
export type Hold = (ended: Promise<void>) => void;

/** The images of a request that are admitted. */
export interface Admitted {
  /**
   * Runs the task of an image when it is its turn. The room of the image is free again when the task has ended, and what
   * the task holds it for.
   * @throws VisionError OVERLOADED if the request could not start in time, the reason of `signal`, or what the task throws
   */
  run<Result>(work: Work, signal: AbortSignal, task: (hold: Hold) => Promise<Result>): Promise<Result>;
  /** To be called when the request is over. */
  leave(): void;
}

/** Figures for operators. */
export interface AdmissionStatus {
  /** Images that wait. */
  readonly waiting: number;
  readonly running: number;
  /** Decoded at this moment. */
  readonly pixels: number;
}

interface Waiting {
  readonly work: Work;
  readonly start: (started: StartedWork) => void;
}

/** Images that are analyzed at the same time, per thread: while one is decoded or written, the threads have others. */
const imagesPerThread = 1.5;
/** Share of the pixels that large images may take. They also leave room for one image more, so that others need not wait. */
const largeShare = 0.75;
/** Pixels of a large image. A page of a scan of 300 dpi has 8.7 million. */
export const largePixels = 8_000_000;
const largeMilliseconds = 4000;
/** Images over all folders, as a multiple of the limit that one folder alone may reach. */
const fullest = 2;
const maxRetrySeconds = 60;

/**
 * Admission control. A request is rejected at once if the work before it would keep it from starting in time. Images
 * wait in an order that is fair to folders, and start when their pixels, and with them their memory, fit.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #queue = new FairQueue<Waiting>();
  readonly #throughput: Throughput;
  readonly #running = { all: emptyLoad(), large: emptyLoad() };
  #images = 0;
  readonly #imagesOf = new Map<string, number>();

  /** @param now milliseconds of a clock that never jumps */
  constructor(limits: AdmissionLimits, now = () => performance.now()) {
    this.#limits = limits;
    this.#throughput = new Throughput(limits.workers, now);
  }

  get status(): AdmissionStatus {
    const { images, pixels } = this.#running.all;
    return { waiting: this.#queue.length, running: images, pixels };
  }

  /**
   * Admits all images of a request, or none.
   * @throws VisionError OVERLOADED
   */
  enter(folder: string, works: readonly Work[]): Admitted {
    const { maxWaitSeconds } = this.#limits;
    const seconds = this.#secondsUntilStart(folder);
    if (works.length > 0 && seconds > maxWaitSeconds) throw overloaded(seconds - maxWaitSeconds);
    if (!this.#hasPlace(folder, works.length)) throw overloaded(this.#throughput.secondsFor(this.#queue.cost));
    this.#count(folder, works.length);
    let hasStarted = false;
    return {
      run: async (work, signal, task) => {
        const started = await this.#turn(folder, work, signal, () => hasStarted);
        hasStarted = true;
        const held: Array<Promise<void>> = [];
        try {
          return await task((ended) => held.push(ended));
        } finally {
          const finish = (): void => this.#finish(work, started);
          if (held.length === 0) finish();
          else void Promise.all(held).then(finish);
        }
      },
      leave: () => this.#count(folder, -works.length),
    };
  }

  /** Whether the images are within the limit. Beyond it, there is room for folders that have less than their share. */
  #hasPlace(folder: string, images: number): boolean {
    const { maxQueue } = this.#limits;
    if (this.#images === 0 || this.#images + images <= maxQueue) return true;
    const own = this.#imagesOf.get(folder) ?? 0;
    const folders = this.#imagesOf.size + (own === 0 ? 1 : 0);
    return own + images <= maxQueue / folders && this.#images + images <= fullest * maxQueue;
  }

  #count(folder: string, images: number): void {
    this.#images += images;
    const own = (this.#imagesOf.get(folder) ?? 0) + images;
    if (own > 0) this.#imagesOf.set(folder, own);
    else this.#imagesOf.delete(folder);
  }

  #turn(folder: string, work: Work, signal: AbortSignal, hasStarted: () => boolean): Promise<StartedWork> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const end = (error: unknown): void => {
        release();
        this.#queue.remove(entry);
        reject(error);
        // Images that waited behind this one may fit now.
        this.#startWaiting();
      };
      const stopListening = onAbort(signal, () => {
        end(signal.reason);
        this.#limits.onDropped?.(signal.reason);
      });
      // The work before it was underestimated, or runs slower than before.
      const late = setTimeout(() => {
        if (!hasStarted()) end(overloaded(this.#secondsUntilStart(folder)));
      }, this.#limits.maxWaitSeconds * 1000);
      const release = (): void => {
        stopListening();
        clearTimeout(late);
      };
      const entry = this.#queue.add(folder, work.milliseconds, {
        work,
        start: (started) => {
          release();
          resolve(started);
        },
      });
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    for (const entry of this.#queue) {
      const { work, start } = entry.item;
      const room = this.#roomFor(work);
      // Small images pass a large one that waits for other large ones, but nothing passes one that waits for all.
      if (room === 'when others finish') return;
      if (room === 'when large ones finish') continue;
      this.#queue.take(entry);
      for (const load of this.#loadsOf(work)) addTo(load, work, 1);
      start(this.#throughput.started(work.milliseconds));
    }
  }

  #roomFor(work: Work): 'now' | 'when others finish' | 'when large ones finish' {
    const { maxPixelsInFlight } = this.#limits;
    const { all, large } = this.#running;
    if (all.images === 0) return 'now';
    const maxImages = this.#maxImages;
    if (isLarge(work) && large.images > 0) {
      const hasRoom = large.images + 1 < maxImages && large.pixels + work.pixels <= largeShare * maxPixelsInFlight;
      if (!hasRoom) return 'when large ones finish';
    }
    const fits = all.images + 1 <= maxImages && all.pixels + work.pixels <= maxPixelsInFlight;
    return fits ? 'now' : 'when others finish';
  }

  get #maxImages(): number {
    return Math.ceil(imagesPerThread * this.#limits.workers);
  }

  #finish(work: Work, started: StartedWork): void {
    for (const load of this.#loadsOf(work)) addTo(load, work, -1);
    this.#throughput.finished(started, this.#queue.length > 0);
    this.#startWaiting();
  }

  #loadsOf(work: Work): Load[] {
    const { all, large } = this.#running;
    return isLarge(work) ? [all, large] : [all];
  }

  #secondsUntilStart(folder: string): number {
    const isIdle = this.#queue.length === 0 && this.#running.all.images < this.#maxImages;
    if (isIdle) return 0;
    return this.#throughput.secondsFor(this.#queue.costBefore(folder));
  }
}

interface Load {
  images: number;
  pixels: number;
}

function emptyLoad(): Load {
  return { images: 0, pixels: 0 };
}

function addTo(load: Load, { pixels }: Work, sign: 1 | -1): void {
  load.images += sign;
  load.pixels += sign * pixels;
}

function isLarge({ pixels, milliseconds }: Work): boolean {
  return pixels > largePixels || milliseconds > largeMilliseconds;
}

function overloaded(seconds: number): VisionError {
  return VisionError.of('OVERLOADED', { seconds: Math.max(1, Math.min(maxRetrySeconds, Math.ceil(seconds))) });
}
