/** Collects the `count` nearest rows by integer distance, and all others that are as near as the last of them. */
export class NearestRows {
  readonly #count: number;
  /** Rows by their distance. */
  readonly #byDistance: number[][];
  #limit: number;
  #total = 0;

  /** @param maxDistance the largest distance that occurs */
  constructor(count: number, maxDistance: number) {
    this.#count = count;
    this.#byDistance = Array.from({ length: maxDistance + 1 }, () => []);
    this.#limit = maxDistance + 1;
  }

  /** Rows must be nearer than this to be collected. */
  get limit(): number {
    return this.#limit;
  }

  get rows(): number[] {
    return this.#byDistance.slice(0, this.#limit).flat();
  }

  offer(row: number, distance: number): void {
    if (distance >= this.#limit) return;
    this.#byDistance[distance]!.push(row);
    this.#total++;
    // The farthest rows are dropped when the others are enough.
    for (;;) {
      const farthestCount = this.#byDistance[this.#limit - 1]!.length;
      if (this.#total - farthestCount < this.#count) return;
      this.#total -= farthestCount;
      this.#limit--;
    }
  }
}
