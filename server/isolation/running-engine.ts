import type { Config } from '../config.js';
import { startEngineChild, type EndReason, type EngineChild } from './engine-child.js';
import { EngineConnection, type EngineNews } from './engine-connection.js';
import { watchChild } from './watch-child.js';

export interface RunningEngineOptions {
  readonly config: Config;
  /** Resident memory at which the process is ended. */
  readonly maxBytes: number;
  /** Compiled module that runs in the process. */
  readonly entry: string;
  readonly onNews: (news: EngineNews) => void;
  /** Called once, with why the process ended, and how: `signal SIGSEGV`. */
  readonly onEnd: (reason: EndReason, how: string) => void;
}

/** Longer than jobs may take that run when the process is told to end. */
const closeTimeoutMs = 5000;

/** A process of an engine, from its start to its end, and the calls that it works on. */
export class RunningEngine {
  readonly connection: EngineConnection;
  readonly #child: EngineChild;
  readonly #exited: Promise<void>;
  #endReason: EndReason | undefined;
  /** More about why it is ended, for the log. */
  #endDetail = '';

  /** @throws Error if the system cannot start a process */
  constructor({ config, maxBytes, entry, onNews, onEnd }: RunningEngineOptions) {
    this.#child = startEngineChild(config, entry);
    const { process, channel } = this.#child;
    const watch = watchChild({ child: this.#child, maxBytes, end: (reason) => this.end(reason) });
    this.connection = new EngineConnection(
      channel,
      (news) => {
        watch.heard();
        onNews(news);
      },
      (error) => this.end('protocol', error.message),
    );
    this.#exited = new Promise((resolve) => {
      process.once('exit', (code, signal) => {
        watch.stop();
        resolve();
        const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
        onEnd(this.#endReason ?? 'crash', [how, this.#endDetail].filter((text) => text !== '').join(': '));
      });
    });
  }

  /** Whether the process has been told to end. */
  get isEnding(): boolean {
    return this.#endReason !== undefined;
  }

  /** Resident memory in bytes, or undefined where the system does not tell. */
  get residentBytes(): number | undefined {
    return this.#child.residentBytes();
  }

  /** What the process wrote to its error stream at last. */
  get lastWords(): string {
    return this.#child.lastWords();
  }

  /** Ends the process at once. @param detail for the log */
  end(reason: EndReason, detail = ''): void {
    if (this.#endReason === undefined) this.#endDetail = detail;
    this.#endReason ??= reason;
    this.#child.kill();
  }

  /** Lets the process end by itself, as it does with its channel, unless it still works on calls: they are cut then. */
  async close(): Promise<void> {
    if (this.connection.isBusy) this.#child.kill();
    this.#child.channel.end();
    const late = setTimeout(() => this.#child.kill(), closeTimeoutMs);
    await this.#exited;
    clearTimeout(late);
  }
}
