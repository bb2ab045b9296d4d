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

  /** Removes the next item and returns it. */
  take(): Item | undefined {
    this.#endTurn();
    const [turn] = this.#turns;
    if (turn === undefined) return undefined;
    const [key, items] = turn;
    const [item] = items;
    if (item === undefined) return undefined;
    this.#served = key;
    this.delete(key, item);
    return item;
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
