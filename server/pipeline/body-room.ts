import { VisionError } from '../errors/errors.js';

export interface BodyRoomOptions {
  /** Bytes of all request bodies in memory. */
  readonly bytes: number;
  /** How long a body waits for others to leave, in seconds. */
  readonly maxWaitSeconds: number;
}

/** Gives back what was taken, all but `keep` bytes. */
export type Release = (keep?: number) => void;

interface Waiting {
  readonly bytes: number;
  readonly start: (pool: Pool) => void;
}

/** A part of the room. */
interface Pool {
  readonly size: number;
  taken: number;
}

/** Bodies over HTTP/1.1 up to this size are not counted: a connection has one at a time, and connections are limited. */
const uncountedBytes = 64 << 10;
/** Bodies up to this size have a part of the room to themselves, so that slow uploads of large ones never stop them. */
const smallBytes = 1 << 20;
/** When clients of bodies that found no room should try again, in seconds: most uploads take less. */
export const roomRetrySeconds = 5;

/** The memory of request bodies: granted before a body is read, first come first served. */
export class BodyRoom {
  readonly #options: BodyRoomOptions;
  readonly #common: Pool;
  readonly #small: Pool;
  readonly #waiting = new Set<Waiting>();

  constructor(options: BodyRoomOptions) {
    this.#options = options;
    const small = Math.floor(options.bytes / 4);
    this.#small = { size: small, taken: 0 };
    this.#common = { size: options.bytes - small, taken: 0 };
  }

  /** Bytes that are granted now. */
  get inFlightBytes(): number {
    return this.#common.taken + this.#small.taken;
  }

  /**
   * Waits until there is room. A body that exceeds all of the room waits until it is alone.
   * @throws VisionError BODIES_FULL after the maximum wait, or the signal's reason
   */
  take(bytes: number, signal: AbortSignal): Promise<Release> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = (reason: unknown): void => {
        this.#waiting.delete(waiting);
        stop();
        reject(reason);
        // Those behind it may fit.
        this.#admit();
      };
      const onAbort = (): void => leave(signal.reason);
      signal.addEventListener('abort', onAbort);
      const timer = setTimeout(() => leave(this.#full()), this.#options.maxWaitSeconds * 1000);
      const stop = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const waiting: Waiting = {
        bytes,
        start: (pool) => {
          stop();
          resolve(this.#grant(pool, Math.min(bytes, pool.size)));
        },
      };
      this.#waiting.add(waiting);
      this.#admit();
    });
  }

  #grant(pool: Pool, bytes: number): Release {
    pool.taken += bytes;
    let held = bytes;
    return (keep = 0) => {
      const rest = Math.min(held, keep);
      if (rest === held) return;
      pool.taken -= held - rest;
      held = rest;
      this.#admit();
    };
  }

  #admit(): void {
    let isBlocked = false;
    for (const waiting of this.#waiting) {
      const pool = this.#poolFor(waiting.bytes, isBlocked);
      if (pool === undefined) {
        isBlocked = true;
        continue;
      }
      this.#waiting.delete(waiting);
      waiting.start(pool);
    }
  }

  #poolFor(bytes: number, isBlocked: boolean): Pool | undefined {
    const fits = ({ size, taken }: Pool): boolean => taken + Math.min(bytes, size) <= size;
    if (bytes <= Math.min(smallBytes, this.#small.size) && fits(this.#small)) return this.#small;
    return !isBlocked && fits(this.#common) ? this.#common : undefined;
  }

  #full(): VisionError {
    return VisionError.of('BODIES_FULL', {
      inFlight: this.inFlightBytes,
      limit: this.#options.bytes,
      seconds: roomRetrySeconds,
    });
  }
}

/** The room that one body takes. It grows with the body. */
export class BodyShare {
  readonly #room: BodyRoom;
  readonly #releases: Release[] = [];
  #bytes = uncountedBytes;
  #isClosed = false;

  constructor(room: BodyRoom) {
    this.#room = room;
  }

  /** Bytes that the body may have without asking again. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes room for a body of this size. @throws as `BodyRoom.take` does */
  async growTo(bytes: number, signal: AbortSignal): Promise<void> {
    if (bytes <= this.#bytes) return;
    const more = this.#releases.length === 0 ? bytes : bytes - this.#bytes;
    const release = await this.#room.take(more, signal);
    if (this.#isClosed) return release();
    this.#releases.push(release);
    this.#bytes = bytes;
  }

  /** Gives everything back. */
  close(): void {
    this.#isClosed = true;
    for (const release of this.#releases.splice(0)) release();
  }
}
