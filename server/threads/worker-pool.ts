import './disable-telemetry.js';
import { Worker } from 'node:worker_threads';
import { closeMessage, type Job, type JobTable, type Reply } from './jobs.js';
import { onAbort } from './on-abort.js';

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
}

/** The thread that ran a job died. Only this job is lost: a new thread takes the next one. */
export class WorkerCrashedError extends Error {
  override readonly name = 'WorkerCrashedError';
}

interface Pending {
  readonly job: Job;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Stops listening for the cancellation of the call. */
  readonly release: () => void;
}

interface Thread {
  readonly worker: Worker;
  pending: Pending | undefined;
}

/** So many crashes in a row, without a finished job in between, mean a broken installation. */
const maxConsecutiveCrashes = 20;
const restartDelayMs = 200;
/** Longer than any native call takes. */
const closeTimeoutMs = 20_000;

/**
 * Runs jobs on worker threads, first come first served. A model's native run blocks its thread, so none may run on the
 * thread that serves the network.
 */
export class WorkerPool<Jobs extends JobTable> {
  readonly #options: WorkerPoolOptions;
  readonly #threads = new Set<Thread>();
  readonly #waiting = new Set<Pending>();
  #nextId = 0;
  #crashes = 0;
  /** Why the pool accepts no more jobs. */
  #refusal: Error | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    for (let index = 0; index < options.size; index++) this.#startThread();
  }

  /** Number of threads. */
  get size(): number {
    return this.#options.size;
  }

  /**
   * Runs one job. A job that is still waiting when `signal` fires is dropped; one that is running finishes, and its
   * output is discarded.
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

  /** Stops all threads and rejects the jobs that have not finished. */
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
    const { name, entry, workerData } = this.#options;
    const thread: Thread = { worker: new Worker(entry, { workerData }), pending: undefined };
    this.#threads.add(thread);
    let cause: Error | undefined;
    thread.worker.on('message', (reply: Reply) => {
      const { pending } = thread;
      thread.pending = undefined;
      this.#crashes = 0;
      if (pending !== undefined) deliver(pending, reply);
      this.#dispatch();
    });
    thread.worker.on('error', (error: unknown) => {
      cause = error instanceof Error ? error : new Error(String(error));
    });
    thread.worker.on('exit', (code) => {
      this.#threads.delete(thread);
      const reason = cause?.message ?? `exit code ${code}`;
      const crash = new WorkerCrashedError(`A thread of the ${name} pool crashed: ${reason}`, { cause });
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

/** Threads exit on their own: terminating one inside a native call may abort the whole process. */
async function closeThread(worker: Worker): Promise<void> {
  worker.postMessage(closeMessage);
  const late = setTimeout(() => void worker.terminate(), closeTimeoutMs);
  await new Promise((resolve) => worker.once('exit', resolve));
  clearTimeout(late);
}

function deliver(pending: Pending, reply: Reply): void {
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
