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

function fire(this: AbortSignal): void {
  for (const react of reactions.get(this) ?? []) react();
}
