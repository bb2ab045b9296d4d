import type { AnalyzeSpec } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { Engine, EngineCall, EngineReply, EngineStatus } from '../analyze/engine.js';
import type { Config } from '../config.js';
import { VisionError } from '../errors/errors.js';
import { messageOf } from '../errors/message-of.js';
import { UnusableFileError } from '../files/file-problem.js';
import type { Log } from '../telemetry/log.js';
import { engineParts, type Readiness, type Trouble } from '../telemetry/readiness.js';
import { analyzeMethod, analyzeRequest } from './analyze-request.js';
import { Backoff } from './backoff.js';
import { engineEntry, type EndReason } from './engine-child.js';
import type { EngineNews, EngineRequest } from './engine-connection.js';
import { logLine, statusOf, troubleOf } from './engine-news.js';
import { Quarantine } from './quarantine.js';
import { RunningEngine } from './running-engine.js';
import { findSandbox } from './sandbox.js';
import { WaitingCalls } from './waiting-calls.js';

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

const restarting: Trouble = {
  severity: 'degraded',
  sentence: 'The process that analyzes images stopped and is being restarted.',
};
const failing: Trouble = { severity: 'down', sentence: 'The process that analyzes images keeps stopping.' };
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
  readonly #waiting = new WaitingCalls<RunningEngine>();
  readonly #started: Promise<void>;
  #settleStart: { resolve: () => void; reject: (error: unknown) => void } = { resolve: () => {}, reject: () => {} };
  #running: RunningEngine | undefined;
  /** Of the running process, once it accepts calls. */
  #status: EngineStatus | undefined;
  #accepts = false;
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

  analyze(spec: AnalyzeSpec, call: EngineCall, page?: number): Promise<EngineReply> {
    const [message, content] = analyzeRequest(spec);
    return this.#send({ method: analyzeMethod, message, content, page }, call);
  }

  call(method: string, message: Uint8Array, call: EngineCall): Promise<EngineReply> {
    return this.#send({ method, message }, call);
  }

  async #send(request: EngineRequest, call: EngineCall): Promise<EngineReply> {
    const { connection } = await this.#accepting(call.signal);
    if (this.#quarantine.holds(request)) throw VisionError.of('ENGINE_ENDED_BEFORE');
    const reply = await connection.call(request, call);
    this.#quarantine.acquit(request);
    return reply;
  }

  ready(): Promise<void> {
    return this.#started;
  }

  status(): EngineStatus | undefined {
    const residentBytes = this.#running?.residentBytes;
    return this.#status && { ...this.#status, residentBytes: residentBytes ?? this.#status.residentBytes };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    this.#waiting.rejectAll(lost());
    this.#settleStart.reject(new Error('The engine was closed'));
    await this.#running?.close();
  }

  /** A process that accepts calls. @throws VisionError ENGINE_LOST, or the signal's reason */
  #accepting(signal: AbortSignal): Promise<RunningEngine> {
    const running = this.#running;
    if (running !== undefined && this.#accepts && !running.isEnding) return Promise.resolve(running);
    if (this.#isClosed || this.#backoff.isHopeless) return Promise.reject(lost());
    return this.#waiting.wait(signal);
  }

  #start(): void {
    const { config, maxBytes, entry = engineEntry } = this.#options;
    try {
      const running: RunningEngine = new RunningEngine({
        config,
        maxBytes,
        entry,
        onNews: (news) => {
          // What a process said before it ended may arrive after the start of the next one.
          if (this.#running === running) this.#receive(running, news);
        },
        onEnd: (reason, how) => this.#ended(running, reason, how),
      });
      this.#running = running;
    } catch (error) {
      // Too few file descriptors or processes, for example.
      this.#ended(undefined, 'start', messageOf(error));
    }
  }

  #receive(running: RunningEngine, news: EngineNews): void {
    const { log, readiness } = this.#options;
    switch (news.$case) {
      case 'started':
        this.#accepts = true;
        readiness.report('engine', undefined);
        this.#settleStart.resolve();
        this.#waiting.resolveAll(running);
        break;
      case 'startFailed': {
        const { sentence, text } = news.value;
        this.#settleStart.reject(sentence === '' ? new Error(text) : new UnusableFileError(sentence));
        running.end('start', sentence || text);
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
        running.end('stuck', `${news.value.job} does not come back`);
        break;
    }
  }

  #ended(running: RunningEngine | undefined, reason: EndReason, how: string): void {
    this.#running = undefined;
    this.#accepts = false;
    this.#status = undefined;
    const requests = running?.connection.fail(lost()) ?? [];
    if (this.#isClosed) return;
    const { log, readiness, onRestart } = this.#options;
    const delayMs = this.#backoff.next(running?.connection.hasReplied ?? false);
    // Too many images at the same time are the fault of none of them.
    if (reason !== 'memory' || requests.length === 1) this.#quarantine.blame(requests);
    const lastWords = running?.lastWords ?? '';
    log.error('engine process ended', { reason, how, calls: requests.length, delayMs, lastWords });
    // Where it never started, there is nothing to go back to.
    this.#settleStart.reject(new Error(`The engine process ended: ${how}. ${lastWords}`));
    // They were those of the process that is gone.
    for (const part of engineParts) readiness.report(part, undefined);
    readiness.report('engine', this.#backoff.isHopeless ? failing : restarting);
    if (this.#backoff.isHopeless) this.#waiting.rejectAll(lost());
    onRestart?.(reason);
    this.#restart = setTimeout(() => this.#start(), delayMs);
  }
}

function lost(): VisionError {
  return VisionError.of('ENGINE_LOST', { seconds: retrySeconds });
}
