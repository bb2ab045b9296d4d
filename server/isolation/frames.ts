import type { Duplex } from 'node:stream';

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
export function writeFrame(stream: Duplex, head: Uint8Array, ...body: readonly Uint8Array[]): void {
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

/** Calls `receive` with every frame of a stream. @param fail called once, if the peer does not keep to the format */
export function readFrames(stream: Duplex, receive: (frame: Frame) => void, fail: (error: FrameError) => void): void {
  const prefix = new Filling(prefixBytes);
  let head: Filling | undefined;
  let body: Filling | undefined;
  const onData = (chunk: Buffer): void => {
    let at = 0;
    // Another turn even without bytes left, for a frame whose parts are empty.
    do {
      if (head === undefined || body === undefined) {
        at += prefix.take(chunk, at);
        if (!prefix.isFull) return;
        const [headBytes, bodyBytes] = [prefix.bytes.readUInt32LE(0), prefix.bytes.readUInt32LE(4)];
        if (headBytes > maxHeadBytes || bodyBytes > maxBodyBytes) {
          stream.off('data', onData);
          fail(new FrameError(`A frame of ${headBytes} and ${bodyBytes} bytes exceeds the limits`));
          return;
        }
        [head, body] = [new Filling(headBytes), new Filling(bodyBytes)];
      }
      at += head.take(chunk, at);
      at += body.take(chunk, at);
      if (!head.isFull || !body.isFull) return;
      const frame = { head: head.bytes, body: body.bytes };
      prefix.clear();
      head = undefined;
      body = undefined;
      receive(frame);
    } while (at < chunk.length);
  };
  stream.on('data', onData);
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
