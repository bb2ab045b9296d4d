import { useEffect, useReducer } from 'preact/hooks';

/** Something whose changes components follow. */
export class Store {
  readonly #listeners = new Set<() => void>();

  /** Calls the listener on every change. @returns ends that */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Renders a component again whenever a store changes. */
export function useStore(store: Store): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => store.subscribe(() => render(undefined)), [store]);
}
