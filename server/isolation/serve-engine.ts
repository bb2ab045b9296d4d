import type { Writable } from 'node:stream';
import { EngineCommand, EngineEvent } from '../../gen/visiond/engine/v1/engine.js';
import type { LocalEngine } from '../analyze/engine.js';
import { VisionError } from '../errors/errors.js';
import { messageOf } from '../errors/message-of.js';
import { UnusableFileError } from '../files/file-problem.js';
import type { Log } from '../telemetry/log.js';
import type { TroubleReporter } from '../telemetry/readiness.js';
import { analyzeMethod, readAnalyzeRequest } from './analyze-request.js';
import { FrameReader, writeFrame } from './frames.js';

type Event = NonNullable<EngineEvent['event']>;

const statusEveryMs = 500;

/** The channel of an engine process to its server. */
export class EngineChannel {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  send(event: Event, ...body: readonly Uint8Array[]): void {
    if (this.#stream.writable) writeFrame(this.#stream, EngineEvent.encode({ event }).finish(), ...body);
  }

  /** Lines of this log are written by the server. */
  readonly log: Log = {
    debug: (text, fields) => this.#line('debug', text, fields),
    info: (text, fields) => this.#line('info', text, fields),
    warn: (text, fields) => this.#line('warn', text, fields),
    error: (text, fields) => this.#line('error', text, fields),
  };

  /** The readiness of the server. */
  readonly troubles: TroubleReporter = {
    report: (part, trouble) =>
      this.send({
        $case: 'trouble',
        value: {
          part,
          down: trouble?.severity === 'down',
          sentence: trouble?.sentence ?? '',
          cause: trouble?.cause === undefined ? '' : describe(trouble.cause),
        },
      }),
  };

  #line(level: keyof Log, text: string, fields: Record<string, unknown> = {}): void {
    const plain = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? describe(value) : value]),
    );
    this.send({ $case: 'log', value: { level, text, fields: JSON.stringify(plain) } });
  }

  /**
   * Runs the calls of the server on an engine.
   * @returns takes what the server sends. It throws if the server does not keep to the format
   */
  serve(engine: LocalEngine): (chunk: Buffer) => void {
    const running = new Map<number, AbortController>();
    const reader = new FrameReader(({ head, body }) => {
      const { command } = EngineCommand.decode(head);
      if (command?.$case === 'run') void this.#run(engine, running, command.value, body);
      if (command?.$case === 'cancel') running.get(command.value.id)?.abort(VisionError.of('CANCELLED'));
    });
    void engine.ready().then(
      () => this.send({ $case: 'started', value: {} }),
      (error: unknown) => {
        const sentence = error instanceof UnusableFileError ? error.message : '';
        this.send({ $case: 'startFailed', value: { sentence, text: describe(error) } });
      },
    );
    const report = (): void => {
      const { residentBytes, indexImages, indexMemoryBytes, ...counts } = engine.status();
      this.send({
        $case: 'status',
        value: {
          ...counts,
          residentBytes: BigInt(residentBytes),
          indexImages: BigInt(indexImages),
          indexMemoryBytes: BigInt(indexMemoryBytes),
        },
      });
    };
    setInterval(report, statusEveryMs);
    report();
    return (chunk) => reader.push(chunk);
  }

  async #run(
    engine: LocalEngine,
    running: Map<number, AbortController>,
    {
      id,
      method,
      folderId,
      requestId,
      contentBytes,
      page,
    }: Extract<EngineCommand['command'], { $case: 'run' }>['value'],
    request: Buffer,
  ): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const call = { folderId, requestId, signal: controller.signal };
      const { response, stages } = await (method === analyzeMethod
        ? engine.analyze(readAnalyzeRequest(request, contentBytes), call, page === 0 ? undefined : page)
        : engine.call(method, request, call));
      this.send({ $case: 'reply', value: { id, stages: [...stages] } }, response);
    } catch (error) {
      this.send({ $case: 'failure', value: { id, ...failureOf(error) } });
    } finally {
      running.delete(id);
    }
  }
}

function failureOf(error: unknown): Omit<Extract<Event, { $case: 'failure' }>['value'], 'id'> {
  if (!(error instanceof VisionError)) return { reason: '', metadata: {}, invalidFields: [], text: describe(error) };
  const { reason, metadata, violations } = error;
  return { reason, metadata: { ...metadata }, invalidFields: [...violations], text: '' };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
