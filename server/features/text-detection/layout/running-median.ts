/** The median of values that come one by one: the upper one of two. */
export class RunningMedian {
  readonly #sorted: number[] = [];

  add(value: number): void {
    this.#sorted.splice(this.#placeOf(value), 0, value);
  }

  /** 0 for no values. */
  get value(): number {
    return this.#sorted[this.#sorted.length >> 1] ?? 0;
  }

  /** What the median would be with one more value. */
  with(value: number): number {
    const middle = (this.#sorted.length + 1) >> 1;
    const place = this.#placeOf(value);
    return middle === place ? value : this.#sorted[middle < place ? middle : middle - 1]!;
  }

  /** Position of the first value that is larger. */
  #placeOf(value: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
