import type { Log } from './log.js';

/** What can be in trouble, each by itself. */
export type Part =
  | 'server'
  | 'start'
  | 'upstream'
  | 'inference'
  | 'index'
  | 'index reads'
  | 'index writes'
  | 'models'
  | 'yunet'
  | 'keys';

export interface Trouble {
  /** `down`: calls are not welcome. `degraded`: they are answered, but less well than they could be. */
  readonly severity: 'down' | 'degraded';
  /** A sentence for whoever asks the port, so without paths. */
  readonly sentence: string;
  /** For the log alone. Without one, nothing is broken: the server starts or stops. */
  readonly cause?: unknown;
}

/** What is wrong with the server at this moment. Health checks of both protocols and the log follow it. */
export class Readiness {
  readonly #log: Log;
  readonly #troubles = new Map<Part, Trouble>();
  readonly #listeners: Array<(ready: boolean) => void> = [];

  constructor(log: Log) {
    this.#log = log;
  }

  /** Whether calls are welcome. */
  get ready(): boolean {
    return this.reasons.length === 0;
  }

  /** Why calls are not welcome: sentences. */
  get reasons(): readonly string[] {
    return this.#sentences('down');
  }

  /** What is wrong although calls are welcome: sentences. */
  get warnings(): readonly string[] {
    return this.#sentences('degraded');
  }

  /** Tells whether calls are welcome, now and with every change. */
  watch(listener: (ready: boolean) => void): void {
    this.#listeners.push(listener);
    listener(this.ready);
  }

  /** Says how a part is. `undefined` says that it is well. The same again changes nothing and is not logged. */
  report(part: Part, trouble: Trouble | undefined): void {
    const before = this.#troubles.get(part);
    if (isSame(before, trouble)) return;
    const wasReady = this.ready;
    if (trouble === undefined) this.#troubles.delete(part);
    else this.#troubles.set(part, trouble);
    this.#tell(part, trouble);
    if (this.ready !== wasReady) for (const listener of this.#listeners) listener(this.ready);
  }

  #tell(part: Part, trouble: Trouble | undefined): void {
    if (trouble === undefined) return this.#log.info('resolved', { part });
    const { severity, sentence, cause } = trouble;
    if (cause === undefined) this.#log.info(sentence, { part, severity });
    else this.#log.error(sentence, { part, severity, cause });
  }

  #sentences(wanted: Trouble['severity']): string[] {
    return [...this.#troubles.values()].filter(({ severity }) => severity === wanted).map(({ sentence }) => sentence);
  }
}

function isSame(one: Trouble | undefined, other: Trouble | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.severity === other.severity && one.sentence === other.sentence && textOf(one.cause) === textOf(other.cause)
  );
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
