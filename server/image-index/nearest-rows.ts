/** The nearest rows by whole distances: so many, and all that are as near as the last of them. */
export class NearestRows {
  readonly #count: number;
  /** Rows by their distance. */
  readonly #byDistance: number[][];
  #limit: number;
  #total = 0;

  /** @param farthest largest distance that there is */
  constructor(count: number, farthest: number) {
    this.#count = count;
    this.#byDistance = Array.from({ length: farthest + 1 }, () => []);
    this.#limit = farthest + 1;
  }

  /** What a distance must be below to get in. */
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
    // The farthest of them go when the others are enough.
    for (;;) {
      const farthest = this.#byDistance[this.#limit - 1]!.length;
      if (this.#total - farthest < this.#count) return;
      this.#total -= farthest;
      this.#limit--;
    }
  }
}
