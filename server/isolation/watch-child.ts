import type { EndReason, EngineChild } from './engine-child.js';

interface Watched {
  readonly child: Pick<EngineChild, 'residentBytes'>;
  /** Resident memory at which the process is ended. */
  readonly maxBytes: number;
  readonly end: (reason: EndReason) => void;
}

const everyMs = 200;
/** A process that says nothing for this long is stuck on its main thread: it reports its state twice a second. */
const silenceMs = 15_000;

/** Watches a process and ends it when it takes too much memory or says nothing. */
export function watchChild({ child, maxBytes, end }: Watched): {
  readonly stop: () => void;
  readonly heard: () => void;
} {
  let heardMs = performance.now();
  const timer = setInterval(() => {
    if ((child.residentBytes() ?? 0) > maxBytes) end('memory');
    else if (performance.now() - heardMs > silenceMs) end('silent');
  }, everyMs);
  return {
    stop: () => clearInterval(timer),
    heard: () => {
      heardMs = performance.now();
    },
  };
}
