/** Collects the items with the highest scores, best first. */
export class TopList {
  readonly items: number[] = [];
  readonly scores: number[] = [];
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  /** Scores must exceed this to be collected. */
  get threshold(): number {
    return this.scores.length < this.#size ? -Infinity : this.scores.at(-1)!;
  }

  offer(item: number, score: number): void {
    if (score <= this.threshold) return;
    let at = this.scores.length;
    while (at > 0 && this.scores[at - 1]! < score) at--;
    this.items.splice(at, 0, item);
    this.scores.splice(at, 0, score);
    if (this.items.length > this.#size) {
      this.items.pop();
      this.scores.pop();
    }
  }
}
