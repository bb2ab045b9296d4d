/**
 * A queue that takes turns between keys, first come first served within a key: who adds hundreds of items delays those
 * of another key by a single one.
 */
export class TurnQueue<Item> {
  /** The keys that have items, in the order of their turns. */
  readonly #turns = new Map<object, Set<Item>>();
  /** The key of the last item taken. It gets its next turn after all keys that came until then. */
  #served: object | undefined;
  #size = 0;

  /** Number of items. */
  get size(): number {
    return this.#size;
  }

  add(key: object, item: Item): void {
    const items = this.#turns.get(key);
    if (items === undefined) this.#turns.set(key, new Set([item]));
    else items.add(item);
    this.#size++;
  }

  /** Removes an item, if the queue has it. */
  delete(key: object, item: Item): void {
    const items = this.#turns.get(key);
    if (items?.delete(item) !== true) return;
    this.#size--;
    if (items.size === 0) this.#turns.delete(key);
  }

  /** Removes the next item that fits and returns it. A key without one keeps its turn. */
  take(fits: (item: Item) => boolean = () => true): Item | undefined {
    this.#endTurn();
    for (const [key, items] of this.#turns) {
      for (const item of items) {
        if (!fits(item)) continue;
        this.#served = key;
        this.delete(key, item);
        return item;
      }
    }
    return undefined;
  }

  /** Removes all items and returns them. */
  drain(): Item[] {
    const all: Item[] = [];
    for (const items of this.#turns.values()) all.push(...items);
    this.#turns.clear();
    this.#size = 0;
    return all;
  }

  /** Moves the key that was served last behind all others. */
  #endTurn(): void {
    if (this.#served === undefined) return;
    const items = this.#turns.get(this.#served);
    if (items !== undefined) {
      this.#turns.delete(this.#served);
      this.#turns.set(this.#served, items);
    }
    this.#served = undefined;
  }
}
