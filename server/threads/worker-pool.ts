import './disable-telemetry.js';
import { Worker } from 'node:worker_threads';
import { JobQueue, type QueuedJob } from './job-queue.js';
import { JobTooLongError } from './job-too-long-error.js';
import { closeMessage, readyMessage, type Job, type JobTable, type Reply } from './jobs.js';
import { onAbort } from './on-abort.js';
import type { JobWeight, PoolStatus, WorkerPoolOptions } from './pool-options.js';

/** The thread that ran a job died. Only this job is lost: a new thread takes the next one. */
export class WorkerCrashedError extends Error {
  override readonly name = 'WorkerCrashedError';
}

interface Pending extends QueuedJob {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
  readonly weight: JobWeight;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Stops listening for the cancellation of the call. */
  readonly release: () => void;
  /** The thread that runs the job. */
  thread: Thread | undefined;
}

interface Thread {
  readonly worker: Worker;
  runsHeavy: boolean;
  readonly cancelledId: Int32Array<SharedArrayBuffer>;
  isReady: boolean;
  pending: Pending | undefined;
  /** Runs while a job does. */
  watch: NodeJS.Timeout | undefined;
  /** Whether it is being ended, because its job takes too long or it retires. */
  isEnding: boolean;
}

/** So many crashes in a row, without a finished job in between, mean a broken installation. */
const maxConsecutiveCrashes = 20;
const restartDelayMs = 200;
/** Longer than any native call takes. */
const closeTimeoutMs = 20_000;
/** Ids of jobs start again from 1 after this: they are exchanged as integers of 32 bits. */
const maxId = 0x7fffffff;

/** V8 would let short-lived objects of a thread fill 48 MB, and jobs make few. */
const maxYoungGenerationSizeMb = 8;

/**
 * Runs jobs on worker threads. A model's native run blocks its thread, so none may run on the thread that serves the
 * network. Signals take turns, and jobs of the same signal are first come first served: whoever has hundreds of jobs
 * delays those of others by no more than the jobs that are running.
 */
export class WorkerPool<Jobs extends JobTable> {
  readonly #options: WorkerPoolOptions;
  readonly #threads = new Set<Thread>();
  readonly #waiting: JobQueue<Pending>;
  #lastId = 0;
  #crashes = 0;
  #consecutiveCrashes = 0;
  #held: NodeJS.Timeout | undefined;
  /** Why the pool accepts no more jobs. */
  #refusal: Error | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#waiting = new JobQueue(options.size);
    for (let index = 0; index < options.size; index++) this.#startThread();
  }

  /** Number of threads. */
  get size(): number {
    return this.#options.size;
  }

  status(): PoolStatus {
    const threads = [...this.#threads];
    const busy = threads.filter(({ pending }) => pending !== undefined).length;
    return {
      busy,
      idle: threads.length - busy,
      stopped: this.size - threads.length,
      waiting: this.#waiting.size,
      crashes: this.#crashes,
    };
  }

  /**
   * Runs one job. When `signal` fires, a waiting job is dropped, and a running one is left at its next checkpoint.
   * @throws WorkerCrashedError, the signal's reason, or whatever the job threw
   */
  run<Name extends keyof Jobs & string>(
    name: Name,
    input: Jobs[Name]['input'],
    signal: AbortSignal,
    weight: JobWeight = 'light',
  ): Promise<Jobs[Name]['output']> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== undefined) return reject(this.#refusal);
      if (signal.aborted) return reject(abortReason(signal));
      const pending: Pending = {
        id: this.#nextId(),
        name,
        input,
        weight,
        signal,
        isLarge: this.#options.isLarge?.(input) ?? false,
        resolve,
        reject,
        release: onAbort(signal, () => this.#cancel(pending)),
        thread: undefined,
      };
      this.#waiting.add(pending);
      this.#dispatch();
    });
  }

  /** Rejects the jobs that wait, ends those that run at their next checkpoint, and stops all threads. */
  async close(): Promise<void> {
    this.#refuse(new Error('The worker pool is closed'));
    for (const thread of this.#threads) if (thread.pending !== undefined) tellCancelled(thread, thread.pending);
    await Promise.all([...this.#threads].map(({ worker }) => closeThread(worker)));
  }

  #nextId(): number {
    this.#lastId = this.#lastId === maxId ? 1 : this.#lastId + 1;
    return this.#lastId;
  }

  #cancel(pending: Pending): void {
    if (pending.thread === undefined) this.#waiting.delete(pending);
    else tellCancelled(pending.thread, pending);
    fail(pending, abortReason(pending.signal));
  }

  #dispatch(): void {
    // Those that run no heavy jobs come first, so that the others are free for these.
    const threads = [...this.#threads].toSorted((a, b) => Number(a.runsHeavy) - Number(b.runsHeavy));
    for (const thread of threads) {
      if (thread.pending !== undefined || thread.isEnding) continue;
      const next = this.#waiting.take(this.#runningLarge, ({ weight }) => thread.runsHeavy || weight === 'light');
      if (next === undefined) continue;
      thread.pending = next;
      next.thread = thread;
      const { id, name, input } = next;
      thread.worker.postMessage({ id, name, input, cancelledId: thread.cancelledId } satisfies Job);
      if (thread.isReady) this.#watch(thread);
    }
    this.#dispatchHeld();
  }

  get #runningLarge(): number {
    return [...this.#threads].filter(({ pending }) => pending?.isLarge === true).length;
  }

  /** Dispatches large jobs when threads need no longer be kept for others. */
  #dispatchHeld(): void {
    clearTimeout(this.#held);
    const { heldMs = 0 } = this.#waiting;
    if (heldMs === 0) return;
    this.#held = setTimeout(() => this.#dispatch(), heldMs);
  }

  #startThread(): void {
    const { entry, workerData } = this.#options;
    const thread: Thread = {
      worker: new Worker(entry, { workerData, resourceLimits: { maxYoungGenerationSizeMb } }),
      runsHeavy: false,
      cancelledId: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
      isReady: false,
      pending: undefined,
      watch: undefined,
      isEnding: false,
    };
    this.#threads.add(thread);
    this.#chooseHeavy();
    let cause: Error | undefined;
    thread.worker.on('message', (message: typeof readyMessage | Reply) => {
      if (message === readyMessage) {
        thread.isReady = true;
        this.#watch(thread);
      } else this.#finish(thread, message);
    });
    thread.worker.on('error', (error: unknown) => {
      cause = error instanceof Error ? error : new Error(String(error));
    });
    thread.worker.on('exit', (code) => this.#lose(thread, cause, code));
  }

  /** Chooses threads for heavy jobs in place of those that are gone. */
  #chooseHeavy(): void {
    const threads = [...this.#threads];
    let missing = Math.ceil(this.size / 2) - threads.filter(({ runsHeavy }) => runsHeavy).length;
    for (const thread of threads) {
      if (thread.runsHeavy || missing <= 0) continue;
      thread.runsHeavy = true;
      missing--;
    }
  }

  /** Reports the thread's job if it takes too long, or ends the thread. */
  #watch(thread: Thread): void {
    const { stuckAfterSeconds, onStuck, endAfterSeconds } = this.#options;
    const { pending } = thread;
    if (pending !== undefined && endAfterSeconds !== undefined) {
      thread.watch = setTimeout(() => {
        fail(pending, new JobTooLongError(`${pending.name} took longer than ${endAfterSeconds} s`));
        endThread(thread);
      }, 1000 * endAfterSeconds).unref();
    }
    if (stuckAfterSeconds === undefined || onStuck === undefined || pending === undefined) return;
    const started = performance.now();
    const report = (): void => onStuck(pending.name, (performance.now() - started) / 1000);
    thread.watch = setTimeout(report, 1000 * stuckAfterSeconds).unref();
  }

  #finish(thread: Thread, reply: Reply): void {
    const { pending } = thread;
    clearTimeout(thread.watch);
    thread.pending = undefined;
    this.#consecutiveCrashes = 0;
    if (pending !== undefined) {
      this.#waiting.ended(pending);
      deliver(pending, reply);
    }
    if (reply.retires) endThread(thread);
    this.#dispatch();
  }

  #lose(thread: Thread, cause: Error | undefined, code: number): void {
    clearTimeout(thread.watch);
    this.#threads.delete(thread);
    const reason = cause?.message ?? `exit code ${code}`;
    const crash = new WorkerCrashedError(`A thread of the ${this.#options.name} pool crashed: ${reason}`, { cause });
    if (thread.pending !== undefined) fail(thread.pending, crash);
    if (this.#refusal !== undefined) return;
    if (thread.isEnding) return this.#restart();
    this.#options.onCrash?.(crash);
    this.#crashes++;
    this.#consecutiveCrashes++;
    if (this.#consecutiveCrashes < maxConsecutiveCrashes) setTimeout(() => this.#restart(), restartDelayMs);
    else this.#goOnWithout(crash);
  }

  #restart(): void {
    if (this.#refusal !== undefined) return;
    this.#startThread();
    this.#dispatch();
  }

  #goOnWithout(cause: Error): void {
    const left = this.#threads.size;
    if (left === 0) this.#refuse(cause);
    this.#chooseHeavy();
    this.#dispatch();
    this.#options.onLost?.(left, cause);
  }

  #refuse(cause: Error): void {
    this.#refusal = cause;
    clearTimeout(this.#held);
    for (const pending of this.#waiting.drain()) fail(pending, cause);
  }
}

/** Ends a running job at its next checkpoint. */
function tellCancelled({ cancelledId }: Thread, { id }: Pending): void {
  Atomics.store(cancelledId, 0, id);
}

/** Ends a thread that has no native code. Another one takes its place. */
function endThread(thread: Thread): void {
  thread.isEnding = true;
  void thread.worker.terminate();
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
