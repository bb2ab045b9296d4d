import { constants, type ServerHttp2Stream } from 'node:http2';
import { VisionError } from '../errors/errors.js';
import type { Release } from '../pipeline/body-room.js';
import type { ArrivingBody } from '../pipeline/body-watch.js';
import type { Intake } from '../pipeline/intake.js';
import { decompress, mostDecompressed } from './compression.js';
import { FrameReader, frameHeaderBytes } from './frame-reader.js';

/** What a call may send. */
export interface CallLimits {
  /** Maximum size of a message in bytes. */
  readonly messageBytes: number;
  /** Whether it has one message, rather than a stream of them. */
  readonly isUnary: boolean;
  /** Whether a server that stops waits for it. */
  readonly isAwaited: boolean;
}

/**
 * Messages up to this size are not counted. Little more than what a stream takes anyway: a connection has many streams,
 * so that larger ones would add up.
 */
const uncountedBytes = 4 << 10;

/** Why nobody waits any longer. Made once: it is the end of every call. */
const isOver = new Error('The call is over');

/** Bounds the memory and the time that the request of a gRPC call takes. */
export class GuardedCall {
  readonly reader: FrameReader;
  readonly #stream: ServerHttp2Stream;
  readonly #limits: CallLimits;
  readonly #intake: Intake;
  readonly #body: ArrivingBody;
  readonly #over = new AbortController();
  readonly #turns = createTurns();
  /** Room of the frames that are not yet decompressed, in their order. */
  readonly #frames: Array<Release | undefined> = [];
  readonly #messages = new Map<Buffer, Release>();
  /** How the method learns that its request is given up. */
  #drop: (error: VisionError) => void;
  #unwatch: () => void;
  #ends: (() => void) | undefined;

  /** @param refuse ends the call with a status for the error, and the method with it */
  constructor(stream: ServerHttp2Stream, limits: CallLimits, intake: Intake, refuse: (error: VisionError) => void) {
    this.#stream = stream;
    this.#limits = limits;
    this.#intake = intake;
    this.#drop = refuse;
    this.reader = new FrameReader({
      stream,
      limit: limits.messageBytes,
      onStart: () => {
        if (!limits.isUnary) this.#watchMessage();
      },
      admit: (bytes) => this.#admit(bytes),
      onRefused: (error) => this.#giveUp(error),
    });
    this.#body = {
      bytes: () => this.reader.received,
      isBeingRead: () => !this.reader.isWaiting && stream.readableFlowing === true,
      buffered: () => stream.readableLength,
      // A method that reads nothing would not learn of it.
      drop: (error) => (stream.readableFlowing === true || this.reader.isWaiting ? this.#drop : refuse)(error),
    };
    this.#unwatch = intake.watch.watch(this.#body);
    stream.once('end', () => this.#onEnd());
    stream.once('close', () => {
      this.end();
      this.#ends?.();
    });
  }

  /** Whether the client, or this server, has reset its stream: what ended then is no message. */
  get isReset(): boolean {
    return this.#stream.destroyed || this.#stream.rstCode !== constants.NGHTTP2_NO_ERROR;
  }

  /** From now on, `drop` gets the error with which a request is given up while it is read. */
  onDrop(drop: (error: VisionError) => void): void {
    this.#drop = drop;
  }

  /**
   * The message of a frame. Frames wait for their turn, and for room for what they may become.
   * @throws a status object, which grpc-js uses as the status of the call
   */
  async decode(frame: Buffer, encoding: string): Promise<Buffer> {
    await this.#turns.next();
    const release = this.#frames.shift();
    const content = frame.subarray(frameHeaderBytes);
    if (encoding === 'identity') return this.#keep(content, release);
    const room = await this.#roomFor(mostDecompressed(content.length, this.#limits.messageBytes));
    try {
      const message = await decompress(content, encoding, this.#limits.messageBytes);
      room?.(message.length > uncountedBytes ? message.length : 0);
      return this.#keep(message, room);
    } catch (error) {
      room?.();
      throw error;
    } finally {
      release?.();
    }
  }

  /** A message was handed to the method: the next one may be decompressed. */
  onMessage(): void {
    // It may have been decompressed while its client left.
    if (this.#over.signal.aborted) return;
    if (!this.#limits.isUnary) {
      this.#run();
      this.#unwatch();
      this.#unwatch = this.#intake.watch.watchPause(this.#body);
    }
    this.#turns.pass();
  }

  /** The method is done with a message. */
  release(message: Buffer): void {
    this.#messages.get(message)?.();
    this.#messages.delete(message);
  }

  /** The call has its status, or its client is gone: nothing that still comes is read. */
  end(): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(isOver);
    this.#unwatch();
    this.reader.clear();
    for (const release of [...this.#frames.splice(0), ...this.#messages.values()]) release?.();
    this.#messages.clear();
  }

  #watchMessage(): void {
    this.#unwatch();
    this.#unwatch = this.#intake.watch.watch(this.#body);
  }

  #admit(bytes: number): Promise<void> | undefined {
    if (bytes <= uncountedBytes) {
      this.#frames.push(undefined);
      return undefined;
    }
    return this.#intake.room.take(bytes, this.#over.signal).then((release) => {
      this.#frames.push(release);
      if (this.#over.signal.aborted) release();
      this.#over.signal.throwIfAborted();
    });
  }

  /** Room for a message that is decompressed. If there is none, the call ends, and this never resolves. */
  async #roomFor(bytes: number): Promise<Release | undefined> {
    if (bytes <= uncountedBytes) return undefined;
    try {
      return await this.#intake.room.take(bytes, this.#over.signal);
    } catch (error) {
      this.#giveUp(error);
      return new Promise(() => {});
    }
  }

  /** There is no room for a message. Any other error means that the call is over already. */
  #giveUp(error: unknown): void {
    if (error instanceof VisionError) this.#drop(error);
  }

  #keep(message: Buffer, release: Release | undefined): Buffer {
    if (release === undefined) return message;
    if (this.#over.signal.aborted) release();
    else this.#messages.set(message, release);
    return message;
  }

  #onEnd(): void {
    this.#unwatch();
    if (!this.#over.signal.aborted) this.#run();
  }

  #run(): void {
    if (this.#limits.isAwaited) this.#ends ??= this.#intake.running.start();
  }
}

/** A mutex: one holder at a time, first come first served. */
function createTurns(): { next(): Promise<void>; pass(): void } {
  const waiting: Array<() => void> = [];
  let isFree = true;
  return {
    next: () =>
      new Promise((resolve) => {
        if (isFree) resolve();
        else waiting.push(resolve);
        isFree = false;
      }),
    pass() {
      const resolve = waiting.shift();
      if (resolve === undefined) isFree = true;
      else resolve();
    },
  };
}
