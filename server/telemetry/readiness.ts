import { messageOf } from '../errors/message-of.js';
import type { Log } from './log.js';

/** Parts of an engine that can be in trouble independently. */
export const engineParts = [
  'inference',
  'index',
  'index reads',
  'index writes',
  'models',
  'pdf',
  'text models',
  'yunet',
] as const;
export type EnginePart = (typeof engineParts)[number];

/** Parts of the server that can be in trouble independently. */
export type Part = EnginePart | 'server' | 'start' | 'upstream' | 'engine' | 'keys';

export interface Trouble {
  /** `down`: the server is not ready. `degraded`: it answers calls, but not all of them or not as well as it could. */
  readonly severity: 'down' | 'degraded';
  /** A sentence that every client may see, so without paths. */
  readonly sentence: string;
  /** Only for the log. Absent if nothing is broken: the server is starting or stopping. */
  readonly cause?: unknown;
}

/** Takes what is wrong with an engine. */
export interface TroubleReporter {
  /** Reports the state of a part, `undefined` if it is fine. A repeated report changes nothing. */
  report(part: EnginePart, trouble: Trouble | undefined): void;
}

/** What is currently wrong with the server. Health checks of both protocols and the log follow it. */
export class Readiness implements TroubleReporter {
  readonly #log: Log;
  readonly #troubles = new Map<Part, Trouble>();
  readonly #listeners: Array<(ready: boolean) => void> = [];

  constructor(log: Log) {
    this.#log = log;
  }

  /** Whether the server is ready. */
  get ready(): boolean {
    return this.reasons.length === 0;
  }

  /** Why the server is not ready: sentences. */
  get reasons(): readonly string[] {
    return this.#sentences('down');
  }

  /** What is wrong although the server is ready: sentences. */
  get warnings(): readonly string[] {
    return this.#sentences('degraded');
  }

  /** The parts that are in trouble. */
  get troubles(): ReadonlyArray<{ readonly part: Part; readonly severity: Trouble['severity'] }> {
    return Array.from(this.#troubles, ([part, { severity }]) => ({ part, severity }));
  }

  /** Calls the listener with whether the server is ready, now and on every change. */
  watch(listener: (ready: boolean) => void): void {
    this.#listeners.push(listener);
    listener(this.ready);
  }

  /** Reports the state of a part, `undefined` if it is fine. A repeated report changes nothing and is not logged. */
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
    else this.#log[severity === 'down' ? 'error' : 'warn'](sentence, { part, severity, cause });
  }

  #sentences(wanted: Trouble['severity']): string[] {
    return [...this.#troubles.values()].filter(({ severity }) => severity === wanted).map(({ sentence }) => sentence);
  }
}

function isSame(one: Trouble | undefined, other: Trouble | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.severity === other.severity &&
    one.sentence === other.sentence &&
    messageOf(one.cause) === messageOf(other.cause)
  );
}
