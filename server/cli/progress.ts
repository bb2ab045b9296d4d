/** Progress of a long task: a bar on a terminal, otherwise a line every ten seconds. */
export class Progress {
  readonly #total: number;
  readonly #started = performance.now();
  #done = 0;
  #failed = 0;
  #shown = -Infinity;

  constructor(total: number) {
    this.#total = total;
  }

  step(failed: boolean): void {
    this.#done++;
    if (failed) this.#failed++;
    const now = performance.now();
    if (now - this.#shown < (process.stderr.isTTY ? 100 : 10_000) && this.#done < this.#total) return;
    this.#shown = now;
    process.stderr.write(process.stderr.isTTY ? `\r${this.#line()}\u001B[K` : `${this.#line()}\n`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\n');
  }

  #line(): string {
    const part = this.#total === 0 ? 1 : this.#done / this.#total;
    const rate = (1000 * this.#done) / (performance.now() - this.#started);
    const width = 30;
    const bar = '#'.repeat(Math.round(part * width)).padEnd(width, '-');
    const rest = Math.round((this.#total - this.#done) / rate);
    const clock = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, '0')}`;
    return `[${bar}] ${this.#done} of ${this.#total}, ${rate.toFixed(1)}/s, ${clock} left, ${this.#failed} failed`;
  }
}
