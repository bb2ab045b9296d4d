import type { AnalyzeSpec } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { Engine, EngineCall, EngineReply, EngineStatus } from '../analyze/engine.js';
import type { Config } from '../config.js';
import { VisionError } from '../errors/errors.js';
import { UnusableFileError } from '../files/file-problem.js';
import type { Log } from '../telemetry/log.js';
import { engineParts, type Readiness, type Trouble } from '../telemetry/readiness.js';
import { analyzeMethod, analyzeRequest } from './analyze-request.js';
import { Backoff } from './backoff.js';
import { engineEntry, startEngineChild, type EndReason, type EngineChild } from './engine-child.js';
import { EngineConnection, type EngineNews, type RequestParts } from './engine-connection.js';
import { logLine, statusOf, troubleOf } from './engine-news.js';
import { Quarantine } from './quarantine.js';
import { findSandbox } from './sandbox.js';
import { watchChild } from './watch-child.js';

export interface IsolatedEngineOptions {
  readonly config: Config;
  /** Resident memory at which the process is ended. */
  readonly maxBytes: number;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly onRestart?: (reason: EndReason) => void;
  /** Compiled module that runs in the process, if not the engine of this server. */
  readonly entry?: string;
}

/** A process and the calls that it works on. */
interface Running {
  readonly child: EngineChild;
  readonly connection: EngineConnection;
  hasStarted: boolean;
  /** Why it is being ended. */
  endReason: EndReason | undefined;
}

interface Waiting {
  readonly resolve: (connection: EngineConnection) => void;
  readonly reject: (error: unknown) => void;
}

const restarting: Trouble = {
  severity: 'degraded',
  sentence: 'The process that analyzes images stopped and is being restarted.',
};
const failing: Trouble = { severity: 'down', sentence: 'The process that analyzes images keeps stopping.' };
/** Longer than any native call takes. */
const closeTimeoutMs = 20_000;
/** Starting takes one or two seconds, and keeps trying. */
const retrySeconds = 2;

/**
 * An engine in a process of its own, which is started again when it ends: after a crash of native code, or because it is
 * ended here when a job does not come back or its memory passes the limit. What ran in it fails with ENGINE_LOST; other
 * calls wait for the next one.
 */
export class IsolatedEngine implements Engine {
  readonly #options: IsolatedEngineOptions;
  readonly #backoff = new Backoff();
  readonly #quarantine = new Quarantine();
  readonly #waiting = new Set<Waiting>();
  readonly #started: Promise<void>;
  #settleStart: { resolve: () => void; reject: (error: unknown) => void } = { resolve: () => {}, reject: () => {} };
  #running: Running | undefined;
  #status: EngineStatus | undefined;
  #restart: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: IsolatedEngineOptions) {
    this.#options = options;
    this.#started = new Promise((resolve, reject) => (this.#settleStart = { resolve, reject }));
    // Whoever does not wait for the start learns of a failure by the calls.
    this.#started.catch(() => {});
    options.log.info('engine process', { limits: findSandbox().limits, maxBytes: options.maxBytes });
    this.#start();
  }

  analyze(spec: AnalyzeSpec, call: EngineCall): Promise<EngineReply> {
    return this.#send(analyzeMethod, analyzeRequest(spec), call);
  }

  call(method: string, request: Uint8Array, call: EngineCall): Promise<EngineReply> {
    return this.#send(method, [request], call);
  }

  async #send(method: string, request: RequestParts, call: EngineCall): Promise<EngineReply> {
    const connection = await this.#connected(call.signal);
    if (this.#quarantine.holds(request)) throw VisionError.of('ENGINE_ENDED_BEFORE');
    const reply = await connection.call(method, request, call);
    this.#quarantine.acquit(request);
    return reply;
  }

  ready(): Promise<void> {
    return this.#started;
  }

  status(): EngineStatus | undefined {
    const residentBytes = this.#running?.child.residentBytes();
    return this.#status && { ...this.#status, residentBytes: residentBytes ?? this.#status.residentBytes };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    this.#rejectWaiting();
    const running = this.#running;
    if (running === undefined) return;
    // The process ends itself when its channel does.
    const exited = new Promise((resolve) => running.child.process.once('exit', resolve));
    running.child.channel.end();
    const late = setTimeout(() => running.child.kill(), closeTimeoutMs);
    await exited;
    clearTimeout(late);
  }

  /** The connection to a process that accepts calls. @throws VisionError ENGINE_LOST, or the signal's reason */
  #connected(signal: AbortSignal): Promise<EngineConnection> {
    const running = this.#running;
    if (running?.hasStarted === true && running.endReason === undefined) return Promise.resolve(running.connection);
    if (this.#isClosed || this.#backoff.isHopeless) return Promise.reject(lost());
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const leave = (): void => {
        this.#waiting.delete(waiting);
        signal.removeEventListener('abort', onSignal);
      };
      const onSignal = (): void => {
        leave();
        reject(signal.reason);
      };
      signal.addEventListener('abort', onSignal);
      const waiting: Waiting = {
        resolve: (connection) => {
          leave();
          resolve(connection);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      this.#waiting.add(waiting);
    });
  }

  #start(): void {
    const { config, maxBytes, entry = engineEntry } = this.#options;
    const child = startEngineChild(config, entry);
    const end = (reason: EndReason): void => {
      running.endReason ??= reason;
      child.kill();
    };
    const { heard, stop } = watchChild({ child, maxBytes, end });
    const connection = new EngineConnection(
      child.channel,
      (news) => {
        heard();
        this.#receive(running, news);
      },
      (error) => {
        this.#options.log.error('engine process broke the protocol', { error });
        end('protocol');
      },
    );
    const running: Running = { child, connection, hasStarted: false, endReason: undefined };
    this.#running = running;
    const ended = (how: string): void => {
      stop();
      this.#ended(running, how);
    };
    child.process.once('error', (error) => ended(error.message));
    child.process.once('exit', (code, signal) => ended(signal === null ? `exit code ${code}` : `signal ${signal}`));
  }

  #receive(running: Running, news: EngineNews): void {
    const { log, readiness } = this.#options;
    switch (news.$case) {
      case 'started':
        running.hasStarted = true;
        readiness.report('engine', undefined);
        this.#settleStart.resolve();
        for (const { resolve } of this.#waiting) resolve(running.connection);
        break;
      case 'startFailed': {
        const { sentence, text } = news.value;
        this.#settleStart.reject(sentence === '' ? new Error(text) : new UnusableFileError(sentence));
        break;
      }
      case 'status':
        this.#status = statusOf(news.value);
        break;
      case 'trouble': {
        const { part, trouble } = troubleOf(news.value);
        readiness.report(part, trouble);
        break;
      }
      case 'log':
        logLine(log, news.value);
        break;
      case 'stuck':
        log.error('engine job does not come back', { ...news.value });
        running.endReason ??= 'stuck';
        running.child.kill();
        break;
    }
  }

  #ended(running: Running, how: string): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    const requests = running.connection.fail(lost());
    if (this.#isClosed) return;
    const { log, readiness, onRestart } = this.#options;
    const reason = running.endReason ?? 'crash';
    const delayMs = this.#backoff.next(running.connection.hasReplied);
    // Too many images at the same time are the fault of none of them.
    if (reason !== 'memory' || requests.length === 1) this.#quarantine.blame(requests);
    const calls = requests.length;
    log.error('engine process ended', { reason, how, calls, delayMs, lastWords: running.child.lastWords() });
    // Where it never started, there is nothing to go back to.
    this.#settleStart.reject(new Error(`The engine process ended: ${how}. ${running.child.lastWords()}`));
    // They were those of the process that is gone.
    for (const part of engineParts) readiness.report(part, undefined);
    readiness.report('engine', this.#backoff.isHopeless ? failing : restarting);
    if (this.#backoff.isHopeless) this.#rejectWaiting();
    onRestart?.(reason);
    this.#restart = setTimeout(() => this.#start(), delayMs);
  }

  #rejectWaiting(): void {
    for (const { reject } of this.#waiting) reject(lost());
  }
}

function lost(): VisionError {
  return VisionError.of('ENGINE_LOST', { seconds: retrySeconds });
}
