import { parentPort } from 'node:worker_threads';

/** Job names with the types of their input and output, both of which must survive a structured clone. */
export type JobTable = Record<string, { input: unknown; output: unknown }>;

/** One job on its way to a thread. */
export interface Job {
  /** 1 to 2^31 - 1. */
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
  /**
   * The id of the thread's job that was cancelled last. It is in shared memory: a busy thread receives no messages.
   */
  readonly cancelledId: Int32Array<SharedArrayBuffer>;
}

/**
 * Throws a JobCancelledError if nobody waits for the job any more. Jobs call it between native calls, which cannot be
 * interrupted, and in loops that may take long. It costs no more than reading a number.
 */
export type Checkpoint = () => void;

/** For functions that do not run as a job. */
export const noCheckpoint: Checkpoint = () => {};

/** Ends a job at a checkpoint. Nobody receives it: the call that sent the job is gone. */
export class JobCancelledError extends Error {
  override readonly name = 'JobCancelledError';
}

/** What a thread sends when it has loaded what its jobs need. */
export const readyMessage = 'ready';

/** What a pool sends when it closes. A thread that is loading a model receives it once that is done. */
export const closeMessage = 'close';

let isRetiring = false;

/**
 * Has the pool end this thread after its job, and start another one in its place: that frees memory which nothing else
 * frees. Only for threads without native code.
 */
export function retireThread(): void {
  isRetiring = true;
}

/** What a thread sends back. `retires` says that the thread is to be ended. */
export type Reply =
  | { readonly id: number; readonly output: unknown; readonly retires: boolean }
  | { readonly id: number; readonly error: JobError; readonly retires: boolean };

/** An error on its way between threads: a structured clone of an Error loses all but its text. */
export interface JobError {
  readonly message: string;
  readonly stack: string | undefined;
  /** The `code` of errors of Node and SQLite. */
  readonly code: string | undefined;
}

/** The functions that run the jobs of a table. Whoever calls them outside of a pool has nothing to cancel. */
export type JobHandlers<Jobs> = {
  readonly [Name in keyof Jobs]: Jobs[Name] extends { input: infer Input; output: infer Output }
    ? (input: Input, checkpoint?: Checkpoint) => Promise<Output>
    : never;
};

/**
 * Handlers with their types erased. The pool checks the type of every input where it is sent, and the thread trusts it.
 */
type AnyJobHandlers = Readonly<Record<string, (input: never, checkpoint: Checkpoint) => Promise<unknown>>>;

/**
 * Runs the jobs that the pool sends to this thread.
 * @throws Error if two sets of handlers have a job of the same name
 */
export function serveJobs(...sets: readonly AnyJobHandlers[]): void {
  if (parentPort === null) throw new Error('serveJobs must run in a worker thread');
  const port = parentPort;
  const byName = new Map<string, AnyJobHandlers[string]>();
  for (const [name, handler] of sets.flatMap(Object.entries<AnyJobHandlers[string]>)) {
    if (byName.has(name)) throw new Error(`Two jobs are named ${name}`);
    byName.set(name, handler);
  }
  port.on('message', (job: typeof closeMessage | (Job & { readonly input: never })) => {
    if (job === closeMessage) process.exit(0);
    const { id, name, input, cancelledId } = job;
    const handler = byName.get(name);
    if (handler === undefined) throw new Error(`Unknown job ${name}`);
    const checkpoint: Checkpoint = () => {
      if (Atomics.load(cancelledId, 0) === id) throw new JobCancelledError(`${name} was cancelled`);
    };
    handler(input, checkpoint).then(
      (output) => port.postMessage({ id, output, retires: isRetiring } satisfies Reply),
      (error: unknown) => port.postMessage({ id, error: toJobError(error), retires: isRetiring } satisfies Reply),
    );
  });
  port.postMessage(readyMessage);
}

function toJobError(error: unknown): JobError {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined, code: undefined };
  const { message, stack } = error;
  return { message, stack, code: 'code' in error && typeof error.code === 'string' ? error.code : undefined };
}
