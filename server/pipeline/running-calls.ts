/** Counts the calls whose request has arrived and whose answer is not yet sent. The server waits for them when it stops. */
export class RunningCalls {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @returns a function to call when the call is over. Calling it again does nothing. */
  start(): () => void {
    this.#count++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count--;
    };
  }
}
