import { VisionError } from '../errors/errors.js';
import { roomRetrySeconds } from './body-room.js';

/** How slowly bodies may arrive, and how much of them may wait to be read. */
export interface Pace {
  /** Longest time without a byte, in milliseconds. */
  readonly silenceMs: number;
  /** The longest time without a byte once the server shuts down. */
  readonly drainSilenceMs: number;
  /** The longest time between two messages of a stream: the client may have to compute the next one. */
  readonly pauseMs: number;
  /** Milliseconds until the average counts, because connections start slowly. */
  readonly startMs: number;
  /** Least bytes per second on average. */
  readonly minRate: number;
  /** Bytes that may wait in all bodies together because the server is not reading them. */
  readonly bufferedBytes: number;
  /** Milliseconds between two looks. */
  readonly tickMs: number;
}

/** At this rate, the largest body (114 MB) takes two hours. */
const leastBytesPerSecond = 16 << 10;
/** How long a request may stop arriving while the server shuts down. */
export const silenceWhenStoppingMs = 2000;
const defaults: Pace = {
  silenceMs: 20_000,
  drainSilenceMs: silenceWhenStoppingMs,
  pauseMs: 300_000,
  startMs: 30_000,
  minRate: leastBytesPerSecond,
  bufferedBytes: 64 << 20,
  tickMs: 100,
};
/** When clients should try again, in seconds, where this server stops: by then, balancers send them to another one. */
export const stoppingRetrySeconds = 5;

/** A body on its way in. */
export interface ArrivingBody {
  /** Bytes that have arrived. */
  readonly bytes: () => number;
  /** Whether the server is reading it. */
  readonly isBeingRead: () => boolean;
  /** Bytes that have arrived and wait to be read. */
  readonly buffered: () => number;
  /** Gives it up. */
  readonly drop: (error: VisionError) => void;
}

interface Watched {
  readonly body: ArrivingBody;
  readonly isPause: boolean;
  /** Bytes that had arrived when the watch began. */
  readonly before: number;
  bytes: number;
  readMs: number;
  silentMs: number;
}

/**
 * Drops bodies that stall or trickle, because each holds memory and a connection. Time counts in ticks, and only while
 * the body is being read: neither backpressure nor a blocked event loop is silence of the client.
 */
export class BodyWatch {
  readonly #pace: Pace;
  readonly #watched = new Set<Watched>();
  #isDraining = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(pace: Partial<Pace> = {}) {
    this.#pace = { ...defaults, ...pace };
  }

  /** Watches a body until the returned function is called or the body is dropped. */
  watch(body: ArrivingBody): () => void {
    return this.#add(body, false);
  }

  /** Watches a stream until its next message begins, which is when the returned function is to be called. */
  watchPause(body: ArrivingBody): () => void {
    return this.#add(body, true);
  }

  /** The server shuts down: a body may go on while it arrives, and is dropped soon after it falls silent. */
  drain(): void {
    this.#isDraining = true;
  }

  #add(body: ArrivingBody, isPause: boolean): () => void {
    const before = body.bytes();
    const watched: Watched = { body, isPause, before, bytes: before, readMs: 0, silentMs: 0 };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#tick(), this.#pace.tickMs).unref();
    return () => void this.#watched.delete(watched);
  }

  #tick(): void {
    if (this.#watched.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const { tickMs } = this.#pace;
    this.#limitBuffered();
    for (const watched of this.#watched) {
      const { body } = watched;
      const bytes = body.bytes();
      const readMs = body.isBeingRead() ? tickMs : 0;
      watched.readMs += readMs;
      watched.silentMs = bytes > watched.bytes ? 0 : watched.silentMs + readMs;
      watched.bytes = bytes;
      const error = this.#verdict(watched);
      if (error === undefined) continue;
      this.#watched.delete(watched);
      body.drop(error);
    }
  }

  /** Where too much waits to be read, the latest bodies are dropped. */
  #limitBuffered(): void {
    const { bufferedBytes: limit } = this.#pace;
    let buffered = 0;
    for (const { body } of this.#watched) buffered += body.buffered();
    if (buffered <= limit) return;
    const error = VisionError.of('BODIES_FULL', { inFlight: buffered, limit, seconds: roomRetrySeconds });
    for (const watched of [...this.#watched].toReversed()) {
      const bytes = watched.body.buffered();
      if (bytes === 0) continue;
      this.#watched.delete(watched);
      watched.body.drop(error);
      buffered -= bytes;
      if (buffered <= limit) return;
    }
  }

  #verdict({ isPause, before, bytes, readMs, silentMs }: Watched): VisionError | undefined {
    const { silenceMs, drainSilenceMs, pauseMs, startMs, minRate } = this.#pace;
    if (this.#isDraining && silentMs >= drainSilenceMs) {
      return VisionError.of('SHUTTING_DOWN', { seconds: stoppingRetrySeconds });
    }
    const limitMs = isPause ? pauseMs : silenceMs;
    if (silentMs >= limitMs) return VisionError.of('BODY_TOO_SLOW', { problem: `no byte for ${limitMs / 1000} s` });
    if (!isPause && readMs >= startMs && bytes - before < (minRate * readMs) / 1000) {
      return VisionError.of('BODY_TOO_SLOW', { problem: `less than ${minRate} bytes per second on average` });
    }
    return undefined;
  }
}
