import { onAbort } from '../threads/on-abort.js';

interface Waiting<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls that wait for the same thing, each until its signal fires. */
export class WaitingCalls<Value> {
  readonly #waiting = new Set<Waiting<Value>>();

  /** @throws the signal's reason, or the error of `rejectAll` */
  wait(signal: AbortSignal): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const leave = (): void => {
        this.#waiting.delete(waiting);
        release();
      };
      const release = onAbort(signal, () => {
        leave();
        reject(signal.reason);
      });
      const waiting: Waiting<Value> = {
        resolve: (value) => {
          leave();
          resolve(value);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      this.#waiting.add(waiting);
    });
  }

  resolveAll(value: Value): void {
    for (const { resolve } of this.#waiting) resolve(value);
  }

  rejectAll(error: Error): void {
    for (const { reject } of this.#waiting) reject(error);
  }
}
