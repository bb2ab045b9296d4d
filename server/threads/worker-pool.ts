import './disable-telemetry.js';
import { Worker } from 'node:worker_threads';
import { closeMessage, type Job, type JobTable, type Reply } from './jobs.js';
import { onAbort } from './on-abort.js';

export interface WorkerPoolOptions {
  /** Compiled module that calls `serveJobs`. */
  readonly entry: URL;
  /** Number of threads, one job at a time each. */
  readonly size: number;
  /** Structured-cloneable value that every thread starts with. */
  readonly workerData: unknown;
  /** Told of every thread that died, with the cause. */
  readonly onCrash?: (error: Error) => void;
  /** Told when a thread that died is not started again, with how many are left. With none left, every job fails. */
  readonly onLost?: (left: number, cause: Error) => void;
}

/** The thread that ran a job died. Only this job is lost: a new thread takes the next. */
export class WorkerCrashedError extends Error {
  override readonly name = 'WorkerCrashedError';
}

interface Pending {
  readonly job: Job;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Removes the listener that drops the job when its call is cancelled. */
  readonly release: () => void;
}

interface Thread {
  readonly worker: Worker;
  pending: Pending | undefined;
}

/** A thread that dies this often in a row without finishing a job is not a crash but a broken installation. */
const maxConsecutiveCrashes = 20;
const restartDelayMs = 200;
/** Longer than any native call takes. */
const closeTimeoutMs = 20_000;

/**
 * Runs jobs on worker threads, first come first served. The native run of a model blocks its thread, so none may run
 * on the thread that answers the network.
 */
export class WorkerPool<Jobs extends JobTable> {
  readonly #options: WorkerPoolOptions;
  readonly #threads = new Set<Thread>();
  readonly #waiting = new Set<Pending>();
  #nextId = 0;
  #crashes = 0;
  /** Why no job is taken any more. */
  #refusal: Error | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    for (let index = 0; index < options.size; index++) this.#startThread();
  }

  /** Number of threads. */
  get size(): number {
    return this.#options.size;
  }

  /** Number of jobs that no thread has taken yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Runs one job. A job that is still waiting when `signal` fires is dropped; one that runs is finished and its
   * output thrown away.
   * @throws WorkerCrashedError, the signal's reason, or whatever the job threw
   */
  run<Name extends keyof Jobs & string>(
    name: Name,
    input: Jobs[Name]['input'],
    signal: AbortSignal,
  ): Promise<Jobs[Name]['output']> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== undefined) return reject(this.#refusal);
      if (signal.aborted) return reject(abortReason(signal));
      const pending: Pending = {
        job: { id: this.#nextId++, name, input },
        resolve,
        reject,
        release: onAbort(signal, () => {
          this.#waiting.delete(pending);
          pending.release();
          reject(abortReason(signal));
        }),
      };
      this.#waiting.add(pending);
      this.#dispatch();
    });
  }

  /** Stops all threads. Jobs that have not finished are rejected. */
  async close(): Promise<void> {
    this.#refuse(new Error('The worker pool is closed'));
    await Promise.all([...this.#threads].map(({ worker }) => closeThread(worker)));
  }

  #dispatch(): void {
    for (const thread of this.#threads) {
      if (thread.pending !== undefined) continue;
      const [next] = this.#waiting;
      if (next === undefined) return;
      this.#waiting.delete(next);
      thread.pending = next;
      thread.worker.postMessage(next.job);
    }
  }

  #startThread(): void {
    const { entry, workerData } = this.#options;
    const thread: Thread = { worker: new Worker(entry, { workerData }), pending: undefined };
    this.#threads.add(thread);
    let cause: Error | undefined;
    thread.worker.on('message', (reply: Reply) => {
      const { pending } = thread;
      thread.pending = undefined;
      this.#crashes = 0;
      if (pending !== undefined) settle(pending, reply);
      this.#dispatch();
    });
    thread.worker.on('error', (error: unknown) => {
      cause = error instanceof Error ? error : new Error(String(error));
    });
    thread.worker.on('exit', (code) => {
      this.#threads.delete(thread);
      const crash = new WorkerCrashedError(`A worker thread crashed: ${cause?.message ?? `exit code ${code}`}`, {
        cause,
      });
      if (thread.pending !== undefined) fail(thread.pending, crash);
      if (this.#refusal !== undefined) return;
      this.#options.onCrash?.(crash);
      this.#crashes++;
      if (this.#crashes < maxConsecutiveCrashes) setTimeout(() => this.#restart(), restartDelayMs);
      else this.#goOnWithout(crash);
    });
  }

  #restart(): void {
    if (this.#refusal !== undefined) return;
    this.#startThread();
    this.#dispatch();
  }

  #goOnWithout(cause: Error): void {
    const left = this.#threads.size;
    if (left === 0) this.#refuse(cause);
    this.#options.onLost?.(left, cause);
  }

  #refuse(cause: Error): void {
    this.#refusal = cause;
    for (const pending of this.#waiting) fail(pending, cause);
    this.#waiting.clear();
  }
}

/** Threads end by themselves: to terminate one inside a native call may abort the whole process. */
async function closeThread(worker: Worker): Promise<void> {
  worker.postMessage(closeMessage);
  const late = setTimeout(() => void worker.terminate(), closeTimeoutMs);
  await new Promise((resolve) => worker.once('exit', resolve));
  clearTimeout(late);
}

function settle(pending: Pending, reply: Reply): void {
  pending.release();
  if ('error' in reply) pending.reject(Object.assign(new Error(reply.error.message), reply.error));
  else pending.resolve(reply.output);
}

function fail(pending: Pending, error: Error): void {
  pending.release();
  pending.reject(error);
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}
