import type { EndReason, EngineChild } from './engine-child.js';

interface Watched {
  readonly child: Pick<EngineChild, 'residentBytes'>;
  /** Resident memory at which the process is ended. */
  readonly maxBytes: number;
  readonly end: (reason: EndReason) => void;
}

const everyMs = 200;
/**
 * A process that says nothing for so many turns, 15 seconds, is stuck on its main thread: it reports its state twice a
 * second. Turns and not seconds, because both processes may have been stopped meanwhile.
 */
const maxSilentTurns = 75;

/** Watches a process and ends it when it takes too much memory or says nothing. */
export function watchChild({ child, maxBytes, end }: Watched): {
  readonly stop: () => void;
  readonly heard: () => void;
} {
  let silentTurns = 0;
  const timer = setInterval(() => {
    if ((child.residentBytes() ?? 0) > maxBytes) end('memory');
    else if (++silentTurns > maxSilentTurns) end('silent');
  }, everyMs);
  return {
    stop: () => clearInterval(timer),
    heard: () => {
      silentTurns = 0;
    },
  };
}
