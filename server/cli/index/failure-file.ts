import { appendFileSync, openSync } from 'node:fs';
import { withPath } from '../../files/file-problem.js';

/** An image that was not imported. */
export interface Failure {
  readonly file?: string;
  readonly id: string;
  readonly error: string;
}

/**
 * A file that gets a JSON line for every failure. It is open until the process ends.
 * @throws Error of node:fs that has the path, now or with a failure
 */
export function openFailureFile(path: string): { add(failure: Failure): void } {
  const file = openSync(path, 'a');
  return {
    add(failure) {
      try {
        appendFileSync(file, `${JSON.stringify(failure)}\n`);
      } catch (error) {
        throw withPath(error, path);
      }
    },
  };
}
