/** An item that waits. */
export interface Entry<Item> {
  readonly item: Item;
  readonly folder: string;
  readonly cost: number;
  /** Virtual time at which the share of its folder reaches it. */
  start: number;
}

/**
 * A queue that serves folders in turns, by the cost of their items: start-time fair queuing (Goyal et al. 1996). A folder
 * with many waiting items does not delay one with few, and a folder that was idle has saved nothing up.
 */
export class FairQueue<Item> {
  /** By start, and in the order of arrival where that is equal. */
  readonly #entries: Array<Entry<Item>> = [];
  /** Virtual time at which the last item of a folder will be served. */
  readonly #finish = new Map<string, number>();
  /** Start of the item that was served last. */
  #now = 0;
  #cost = 0;

  /** Items that wait. */
  get length(): number {
    return this.#entries.length;
  }

  /** Total cost of all items that wait. */
  get cost(): number {
    return this.#cost;
  }

  /** Total cost of the items that would be served before a new item of the folder. */
  costBefore(folder: string): number {
    const start = this.#nextStart(folder);
    let sum = 0;
    for (const entry of this.#entries) {
      if (entry.start > start) break;
      sum += entry.cost;
    }
    return sum;
  }

  add(folder: string, cost: number, item: Item): Entry<Item> {
    const entry = { item, folder, cost, start: this.#nextStart(folder) };
    this.#finish.set(folder, entry.start + cost);
    const before = this.#entries.findLastIndex(({ start }) => start <= entry.start);
    this.#entries.splice(before + 1, 0, entry);
    this.#cost += cost;
    return entry;
  }

  /** Removes an item because it is served. */
  take(entry: Entry<Item>): void {
    this.#now = Math.max(this.#now, entry.start);
    this.#delete(entry);
    for (const [folder, finish] of this.#finish) if (finish <= this.#now) this.#finish.delete(folder);
  }

  /** Removes an item that will not be served, if it is there. The others of its folder move up. */
  remove(entry: Entry<Item>): void {
    if (!this.#delete(entry)) return;
    const { folder, cost } = entry;
    for (const other of this.#entries) {
      if (other.folder === folder && other.start > entry.start) other.start -= cost;
    }
    this.#entries.sort((a, b) => a.start - b.start);
    const finish = this.#finish.get(folder);
    if (finish !== undefined) this.#finish.set(folder, finish - cost);
  }

  #delete(entry: Entry<Item>): boolean {
    const at = this.#entries.indexOf(entry);
    if (at === -1) return false;
    this.#entries.splice(at, 1);
    this.#cost -= entry.cost;
    if (this.#entries.length > 0) return true;
    // Nobody waits, so nobody has a share to come.
    this.#cost = 0;
    this.#finish.clear();
    return true;
  }

  /** Items in the order in which they are to be served, as of now. */
  [Symbol.iterator](): Iterator<Entry<Item>> {
    return this.#entries.slice().values();
  }

  #nextStart(folder: string): number {
    return Math.max(this.#now, this.#finish.get(folder) ?? 0);
  }
}
