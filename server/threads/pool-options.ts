export interface WorkerPoolOptions {
  /** Names the pool in errors: `inference`, `index`. */
  readonly name: string;
  /** Compiled module that calls `serveJobs`. */
  readonly entry: URL;
  /** Number of threads. Each runs one job at a time. */
  readonly size: number;
  /** Structured-cloneable value that every thread starts with. */
  readonly workerData: unknown;
  /** Called for every thread that dies, with the cause. */
  readonly onCrash?: (error: Error) => void;
  /** Called when a dead thread is not restarted, with the number that is left. Once none is left, every job fails. */
  readonly onLost?: (left: number, cause: Error) => void;
  /** Whether a job belongs to a large image: those never take all threads while there are others. */
  readonly isLarge?: (input: unknown) => boolean;
  /** A job that has been running for longer than this is reported as stuck. Loading the thread does not count. */
  readonly stuckAfterSeconds?: number;
  /**
   * Called once for a job that is stuck, with the time that it has been running. It is in a native call that does not
   * return, or in a loop without a checkpoint, and a thread cannot be ended there without ending the process.
   */
  readonly onStuck?: (job: string, seconds: number) => void;
  /**
   * A thread that has been running a job for longer than this is ended, and another one started in its place. Only for
   * threads without native code: ending one inside a native call may abort the whole process.
   */
  readonly endAfterSeconds?: number;
}

/**
 * `heavy` jobs take so much memory, which their thread then keeps, that only half of the threads run such: rounded up.
 */
export type JobWeight = 'light' | 'heavy';

/** What a pool is doing. */
export interface PoolStatus {
  /** Threads that are running a job, including jobs that were cancelled and have not reached a checkpoint yet. */
  readonly busy: number;
  /** Threads that wait for a job, or are still loading. */
  readonly idle: number;
  /** Threads that crashed and have not been restarted. */
  readonly stopped: number;
  /** Jobs that wait for a thread. */
  readonly waiting: number;
  /** Crashes of threads since the start. */
  readonly crashes: number;
}
