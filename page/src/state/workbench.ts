import { analyze, type Analysis } from '../api/analysis.js';
import type { Access } from '../api/call.js';
import { featuresOf, type Choices, type Feature } from '../api/features.js';
import { problemOfError, type Problem } from '../api/problem.js';
import { base64Of, prepare, type Prepared } from '../pictures/prepare.js';
import { Store } from './store.js';

export type ItemState =
  | { readonly kind: 'preparing' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running' }
  /** Nothing was asked of it: the choices have nothing for its kind. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'done'; readonly analysis: Analysis; readonly features: readonly Feature[] }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** A file that a person wants analyzed. */
export interface Item {
  readonly id: number;
  readonly name: string;
  /** Undefined until it is open, and if it cannot be. */
  readonly prepared: Prepared | undefined;
  /** URL of the picture in this browser, empty where there is none to show. */
  readonly url: string;
  readonly state: ItemState;
}

/** What a workbench needs of the page at the time of a call. */
export interface Settings {
  readonly access: Access;
  readonly choices: Choices;
}

/** So many files are analyzed at a time; a server has a bounded queue for all its clients. */
const maxRunning = 2;

/** The files on the page, and what the server said of them. */
export class Workbench extends Store {
  #items: readonly Item[] = [];
  #selected: number | undefined;
  #lastId = 0;
  #running = 0;
  readonly #aborts = new Map<number, AbortController>();
  readonly #settings: () => Settings;

  constructor(settings: () => Settings) {
    super();
    this.#settings = settings;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  get selected(): Item | undefined {
    return this.#items.find(({ id }) => id === this.#selected);
  }

  /** Opens files and analyzes them, each as soon as its turn comes. The first of them is selected. */
  add(files: ReadonlyArray<{ readonly name: string; readonly content: Blob }>): void {
    const added = files.map(({ name, content }) => ({ id: ++this.#lastId, name, content }));
    const [first] = added;
    if (first === undefined) return;
    this.#items = [
      ...this.#items,
      ...added.map(({ id, name }): Item => ({ id, name, prepared: undefined, url: '', state: { kind: 'preparing' } })),
    ];
    this.select(first.id);
    for (const { id, content } of added) void this.#open(id, content);
  }

  select(id: number): void {
    this.#selected = id;
    this.changed();
  }

  /** Removes a file, and ends the call about it. */
  remove(id: number): void {
    const index = this.#items.findIndex((item) => item.id === id);
    const item = this.#items[index];
    if (item === undefined) return;
    this.#aborts.get(id)?.abort();
    if (item.url !== '') URL.revokeObjectURL(item.url);
    this.#items = this.#items.filter((other) => other !== item);
    if (this.#selected === id) this.#selected = (this.#items[index] ?? this.#items[index - 1])?.id;
    this.changed();
  }

  /** Analyzes files with what is chosen now. */
  analyze(ids: readonly number[] = this.#items.map(({ id }) => id)): void {
    for (const id of ids) {
      const item = this.#find(id);
      const isOver = item?.state.kind === 'done' || item?.state.kind === 'failed' || item?.state.kind === 'idle';
      if (isOver && item.prepared !== undefined) this.#update(id, { state: { kind: 'waiting' } });
    }
    this.#next();
  }

  async #open(id: number, file: Blob): Promise<void> {
    try {
      const prepared = await prepare(file);
      if (this.#find(id) === undefined) return;
      const url = prepared.kind === 'image' ? URL.createObjectURL(prepared.content) : '';
      this.#update(id, { prepared, url, state: { kind: 'waiting' } });
    } catch (error) {
      this.#fail(id, error);
    }
    this.#next();
  }

  #next(): void {
    while (this.#running < maxRunning) {
      const item = this.#items.find(({ state }) => state.kind === 'waiting');
      if (item?.prepared === undefined) return;
      void this.#run(item.id, item.prepared);
    }
  }

  async #run(id: number, prepared: Prepared): Promise<void> {
    const { access, choices } = this.#settings();
    const features = featuresOf(choices, prepared.kind);
    if (features.length === 0) return this.#update(id, { state: { kind: 'idle' } });
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    this.#running += 1;
    this.#update(id, { state: { kind: 'running' } });
    try {
      const content = await base64Of(prepared.content);
      const analysis = await analyze(content, features, access, abort.signal);
      this.#update(id, { state: { kind: 'done', analysis, features } });
    } catch (error) {
      this.#fail(id, error);
    }
    this.#aborts.delete(id);
    this.#running -= 1;
    this.#next();
  }

  #fail(id: number, error: unknown): void {
    const problem = problemOfError(error);
    if (problem !== undefined) this.#update(id, { state: { kind: 'failed', problem } });
  }

  #find(id: number): Item | undefined {
    return this.#items.find((item) => item.id === id);
  }

  /** A file may be gone by the time that there is news of it. */
  #update(id: number, news: Partial<Item>): void {
    if (this.#find(id) === undefined) return;
    this.#items = this.#items.map((item) => (item.id === id ? { ...item, ...news } : item));
    this.changed();
  }
}
