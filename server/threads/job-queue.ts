import { TurnQueue } from './turn-queue.js';

/** What the queue needs to know of a job. */
export interface QueuedJob {
  readonly signal: AbortSignal;
  /** Whether it belongs to a large image, of which there may be hundreds. */
  readonly isLarge: boolean;
}

/**
 * How long threads are kept free for small images after the last of their jobs: the jobs of an image follow each other,
 * and each would wait for one of a large image otherwise.
 */
const keptMs = 1000;

/**
 * The jobs that wait for threads. Signals take turns. Large images may use all threads when they are alone, and half of
 * them when there are others, so that a small image takes little longer beside them.
 */
export class JobQueue<Job extends QueuedJob> {
  readonly #small = new TurnQueue<Job>();
  readonly #large = new TurnQueue<Job>();
  readonly #largeShare: number;
  readonly #now: () => number;
  #lastSmallMs = -Infinity;
  #wasLarge = false;

  /** @param threads that take jobs @param now milliseconds of a clock that never jumps */
  constructor(threads: number, now = () => performance.now()) {
    this.#largeShare = Math.floor(threads / 2);
    this.#now = now;
  }

  /** Number of jobs. */
  get size(): number {
    return this.#small.size + this.#large.size;
  }

  /** Milliseconds until `take` gives a large job that it holds back. Undefined if it holds back none. */
  get heldMs(): number | undefined {
    return this.#large.size === 0 ? undefined : Math.max(0, this.#lastSmallMs + keptMs - this.#now());
  }

  add(job: Job): void {
    (job.isLarge ? this.#large : this.#small).add(job.signal, job);
  }

  /** Removes a job, if the queue has it. */
  delete(job: Job): void {
    (job.isLarge ? this.#large : this.#small).delete(job.signal, job);
  }

  /**
   * Removes the next job and returns it.
   * @param runningLarge large jobs that are running
   * @param fits whether the thread that asks may run a job
   */
  take(runningLarge: number, fits: (job: Job) => boolean = () => true): Job | undefined {
    // A single thread alternates.
    const isOwed = this.#largeShare === 0 ? !this.#wasLarge : runningLarge < this.#largeShare;
    const job = (isOwed ? this.#large.take(fits) : undefined) ?? this.#small.take(fits) ?? this.#takeAlone(fits);
    if (job === undefined) return undefined;
    this.#wasLarge = job.isLarge;
    if (!job.isLarge) this.#lastSmallMs = this.#now();
    return job;
  }

  /** To be called when a job has ended. */
  ended({ isLarge }: Job): void {
    if (!isLarge) this.#lastSmallMs = this.#now();
  }

  /** Removes all jobs and returns them. */
  drain(): Job[] {
    return [...this.#small.drain(), ...this.#large.drain()];
  }

  /** A large job, if there are no small images. */
  #takeAlone(fits: (job: Job) => boolean): Job | undefined {
    return this.#largeShare === 0 || this.heldMs === 0 ? this.#large.take(fits) : undefined;
  }
}
