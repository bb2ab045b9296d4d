import type { Duplex } from 'node:stream';
import { EngineCommand, EngineEvent } from '../../gen/visiond/engine/v1/engine.js';
import type { EngineCall, EngineReply } from '../analyze/engine.js';
import { VisionError } from '../errors/errors.js';
import { onAbort } from '../threads/on-abort.js';
import { FrameReader, writeFrame, type Frame } from './frames.js';

type Event = NonNullable<EngineEvent['event']>;
type Failure = Extract<Event, { $case: 'failure' }>['value'];

/** What an engine process says besides the results of calls. */
export type EngineNews = Exclude<Event, { $case: 'reply' } | { $case: 'failure' }>;

/** What an engine is asked. */
export interface EngineRequest {
  readonly method: string;
  readonly message: Uint8Array;
  /** The content of an image, where that is apart. */
  readonly content?: Uint8Array | undefined;
  /** Page of a PDF, from 1. */
  readonly page?: number | undefined;
}

/** A call until the process has answered it, even if nobody waits for the answer any more. */
interface OpenCall {
  readonly request: EngineRequest;
  readonly resolve: (reply: EngineReply) => void;
  readonly reject: (error: unknown) => void;
}

const empty = Buffer.alloc(0);

/** The calls that an engine process works on. */
export class EngineConnection {
  readonly #stream: Duplex;
  readonly #onNews: (news: EngineNews) => void;
  readonly #open = new Map<number, OpenCall>();
  #nextId = 1;
  #hasReplied = false;

  /** @param onBroken called when the process does not keep to the format */
  constructor(stream: Duplex, onNews: (news: EngineNews) => void, onBroken: (error: Error) => void) {
    this.#stream = stream;
    this.#onNews = onNews;
    // A process that died is reported by its exit.
    stream.on('error', () => {});
    const reader = new FrameReader((frame) => this.#receive(frame));
    const onData = (chunk: Buffer): void => {
      try {
        reader.push(chunk);
      } catch (error) {
        stream.off('data', onData);
        onBroken(error instanceof Error ? error : new Error(String(error)));
      }
    };
    stream.on('data', onData);
  }

  /** Whether a call has succeeded. */
  get hasReplied(): boolean {
    return this.#hasReplied;
  }

  /** Whether the process works on a call. */
  get isBusy(): boolean {
    return this.#open.size > 0;
  }

  /** @throws VisionError, the signal's reason, or an Error with the text of any other error */
  call(request: EngineRequest, { folderId, requestId, signal, hold }: EngineCall): Promise<EngineReply> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const id = this.#nextId++;
      const { method, message, content = empty, page = 0 } = request;
      let answered = (): void => {};
      const release = onAbort(signal, () => {
        release();
        reject(signal.reason);
        // The process stops at its next checkpoint, and takes its resources until then.
        hold?.(new Promise<void>((settle) => (answered = settle)));
        this.#send({ $case: 'cancel', value: { id } });
      });
      const close = (): void => {
        release();
        this.#open.delete(id);
        answered();
      };
      this.#open.set(id, {
        request,
        resolve: (reply) => {
          this.#hasReplied = true;
          close();
          resolve(reply);
        },
        reject: (error) => {
          close();
          reject(error);
        },
      });
      const contentBytes = content.length;
      this.#send({ $case: 'run', value: { id, method, folderId, requestId, contentBytes, page } }, message, content);
    });
  }

  /** Fails all open calls. @returns their requests, of those as well that nobody waits for any more */
  fail(error: VisionError): EngineRequest[] {
    const calls = [...this.#open.values()];
    for (const { reject } of calls) reject(error);
    return calls.map(({ request }) => request);
  }

  #send(command: NonNullable<EngineCommand['command']>, ...body: readonly Uint8Array[]): void {
    if (this.#stream.writable) writeFrame(this.#stream, EngineCommand.encode({ command }).finish(), ...body);
  }

  #receive({ head, body }: Frame): void {
    const { event } = EngineEvent.decode(head);
    if (event === undefined) throw new Error('A message of the engine process is unknown');
    if (event.$case === 'reply') {
      this.#open.get(event.value.id)?.resolve({ response: body, stages: event.value.stages });
    } else if (event.$case === 'failure') this.#open.get(event.value.id)?.reject(errorOf(event.value));
    else this.#onNews(event);
  }
}

function errorOf({ reason, metadata, invalidFields, text }: Failure): Error {
  if (reason !== '') return VisionError.received(reason, metadata, invalidFields);
  const error = new Error(text);
  // The text holds the stack of the place where it was thrown.
  error.stack = text;
  return error;
}
