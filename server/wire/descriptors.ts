import { open } from 'node:fs/promises';
import { devNull } from 'node:os';

const everyMs = 10_000;

/**
 * Reports when the process has no file descriptor left, each time it looks. libuv closes connections that it has none
 * for, and tells nobody.
 * @returns a function that ends it
 */
export function watchDescriptors(report: (error: unknown) => void): () => void {
  const look = async (): Promise<void> => {
    try {
      await (await open(devNull)).close();
    } catch (error) {
      report(error);
    }
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return () => clearInterval(timer);
}
