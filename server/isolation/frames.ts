import type { Writable } from 'node:stream';

/** A message with a body of bytes. */
export interface Frame {
  readonly head: Buffer;
  readonly body: Buffer;
}

/** Lengths of head and body before them, 32 bits each, little-endian. */
const prefixBytes = 8;
const maxHeadBytes = 1 << 20;
/** More than the largest response: the text of a page of small print is some megabytes. */
const maxBodyBytes = 512 << 20;

/** A peer that does not keep to the format. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Sends a frame. The parts of its body are not copied. */
export function writeFrame(stream: Writable, head: Uint8Array, ...body: readonly Uint8Array[]): void {
  const prefix = Buffer.allocUnsafe(prefixBytes + head.length);
  prefix.writeUInt32LE(head.length, 0);
  prefix.writeUInt32LE(
    body.reduce((sum, { length }) => sum + length, 0),
    4,
  );
  prefix.set(head, prefixBytes);
  stream.cork();
  stream.write(prefix);
  for (const part of body) if (part.length > 0) stream.write(part);
  stream.uncork();
}

/** Puts the frames of a stream together. */
export class FrameReader {
  readonly #prefix = new Filling(prefixBytes);
  readonly #receive: (frame: Frame) => void;
  #head: Filling | undefined;
  #body: Filling | undefined;

  /** @param receive called with every frame */
  constructor(receive: (frame: Frame) => void) {
    this.#receive = receive;
  }

  /**
   * Takes the next bytes of the stream. They are copied.
   * @throws FrameError if the peer does not keep to the format, or what `receive` throws
   */
  push(chunk: Buffer): void {
    let at = 0;
    // Another turn even without bytes left, for a frame whose parts are empty.
    do {
      if (this.#head === undefined || this.#body === undefined) {
        at += this.#prefix.take(chunk, at);
        if (!this.#prefix.isFull) return;
        const [headBytes, bodyBytes] = [this.#prefix.bytes.readUInt32LE(0), this.#prefix.bytes.readUInt32LE(4)];
        if (headBytes > maxHeadBytes || bodyBytes > maxBodyBytes) {
          throw new FrameError(`A frame of ${headBytes} and ${bodyBytes} bytes exceeds the limits`);
        }
        [this.#head, this.#body] = [new Filling(headBytes), new Filling(bodyBytes)];
      }
      at += this.#head.take(chunk, at);
      at += this.#body.take(chunk, at);
      if (!this.#head.isFull || !this.#body.isFull) return;
      const frame = { head: this.#head.bytes, body: this.#body.bytes };
      this.#prefix.clear();
      this.#head = undefined;
      this.#body = undefined;
      this.#receive(frame);
    } while (at < chunk.length);
  }
}

/** A buffer that is filled from chunks. */
class Filling {
  readonly bytes: Buffer;
  #filled = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  get isFull(): boolean {
    return this.#filled === this.bytes.length;
  }

  clear(): void {
    this.#filled = 0;
  }

  /** Takes what is missing from a chunk. @returns bytes taken */
  take(chunk: Buffer, from: number): number {
    const taken = chunk.copy(this.bytes, this.#filled, from);
    this.#filled += taken;
    return taken;
  }
}
