const reactions = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `react` when the signal fires. A signal gets one listener, however many wait for it: a call that has a dozen jobs
 * under way would have as many, and Node takes more than ten for a leak.
 * @returns stops waiting
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
