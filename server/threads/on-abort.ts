const reactions = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `react` when the signal fires. Every signal gets a single listener, however many callers wait for it: a call
 * with a dozen jobs in flight would otherwise have a dozen, and Node warns of a leak above ten.
 * @returns a function that stops waiting
 */
export function onAbort(signal: AbortSignal, react: () => void): () => void {
  const waiting = reactions.get(signal) ?? new Set();
  if (waiting.size === 0) {
    reactions.set(signal, waiting);
    signal.addEventListener('abort', fire);
  }
  waiting.add(react);
  return () => {
    waiting.delete(react);
    if (waiting.size === 0) signal.removeEventListener('abort', fire);
  };
}

/** The result of work. Rejects with the signal's reason as soon as the signal fires; the work itself goes on. */
export function untilAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    // Also where nobody waits for it any longer, its failure is handled.
    result.then(resolve, reject).finally(() => release());
    let release = (): void => {};
    if (signal.aborted) return reject(signal.reason);
    release = onAbort(signal, () => {
      release();
      reject(signal.reason);
    });
  });
}

function fire(this: AbortSignal): void {
  for (const react of reactions.get(this) ?? []) react();
}
