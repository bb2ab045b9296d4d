import { untilAborted } from './on-abort.js';

/** Work that several callers wait for, each until its own signal fires. */
export interface SharedWork<Result> {
  /**
   * Waits for the result.
   * @throws the reason of `signal`, or what the work threw
   */
  join(signal: AbortSignal): Promise<Result>;
  /** Whether all callers left before the work was done. It was cancelled then, and cannot be joined any more. */
  readonly isAbandoned: boolean;
}

/**
 * Starts work that goes on as long as one of its callers waits for it.
 * @param start gets a signal that fires when the last caller has left, with the reason of that caller
 */
export function shareWork<Result>(start: (signal: AbortSignal) => Promise<Result>): SharedWork<Result> {
  const controller = new AbortController();
  const result = start(controller.signal);
  // Callers that stay handle a failure. Where none has, nobody does, and Node would report it as unhandled.
  result.catch(() => {});
  let isDone = false;
  const done = (): void => void (isDone = true);
  result.then(done, done);
  let callers = 0;
  return {
    get isAbandoned() {
      return controller.signal.aborted;
    },
    async join(signal) {
      callers++;
      try {
        return await untilAborted(result, signal);
      } finally {
        callers--;
        if (callers === 0 && !isDone) controller.abort(signal.reason);
      }
    },
  };
}
