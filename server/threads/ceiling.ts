import { onAbort } from './on-abort.js';

/** A signal with a time limit of its own. */
export interface Ceiling {
  /** Fires with the reason of the parent, or with that of the ceiling when its time is up. */
  readonly signal: AbortSignal;
  /** Stops the clock and no longer listens to the parent. To be called when the work is done. */
  readonly release: () => void;
}

/**
 * Limits work that belongs to a call, such as a feature of an image, without ending the call.
 * @param seconds until the signal fires, at most 2^31 ms
 * @param reason of the signal when its time is up
 */
export function createCeiling(parent: AbortSignal, seconds: number, reason: () => Error): Ceiling {
  const controller = new AbortController();
  const end = (cause: unknown): void => {
    release();
    controller.abort(cause);
  };
  const stopListening = onAbort(parent, () => end(parent.reason));
  const timer = setTimeout(() => end(reason()), 1000 * seconds);
  const release = (): void => {
    stopListening();
    clearTimeout(timer);
  };
  if (parent.aborted) end(parent.reason);
  return { signal: controller.signal, release };
}
