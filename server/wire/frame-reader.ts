import type { Readable } from 'node:stream';

/** A frame starts with a compression flag and the length of the message in four bytes. */
export const frameHeaderBytes = 5;

export interface FrameReaderOptions {
  /** What `write` gets. It is paused while a frame waits. */
  readonly stream: Readable;
  /** Maximum length of a message in bytes. */
  readonly limit: number;
  /** Called when the first byte of a frame arrives. */
  readonly onStart: () => void;
  /**
   * Called with the length of a message before it is read.
   * @returns undefined if it may be read now, as an empty one always may, or a promise that resolves when it may
   */
  readonly admit: (bytes: number) => Promise<void> | undefined;
  /** Called when the promise of `admit` rejects. The frame is not read then. */
  readonly onRefused: (error: unknown) => void;
}

/**
 * Reads the frames of a call in place of the decoder of grpc-js, which takes memory for whatever a client announces and
 * keeps each message twice for a moment.
 */
export class FrameReader {
  readonly #options: FrameReaderOptions;
  readonly #header = Buffer.alloc(frameHeaderBytes);
  #headerBytes = 0;
  /** The frame that is being read, from its header on. */
  #frame: Buffer | undefined;
  #frameBytes = 0;
  #isWaiting = false;
  #received = 0;

  constructor(options: FrameReaderOptions) {
    this.#options = options;
  }

  /** Bytes that were read. */
  get received(): number {
    return this.#received;
  }

  /** Whether a frame waits to be admitted. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /**
   * Reads a chunk.
   * @returns the frames that are complete, headers included
   * @throws Error for a message that exceeds the limit
   */
  write(chunk: Buffer): Buffer[] {
    const frames: Buffer[] = [];
    let at = 0;
    while (at < chunk.length && !this.#isWaiting) {
      const before = at;
      at += this.#frame === undefined ? this.#readHeader(chunk.subarray(at)) : this.#readContent(chunk.subarray(at));
      this.#received += at - before;
      if (this.#frame !== undefined && this.#frameBytes === this.#frame.length) {
        frames.push(this.#frame);
        this.#frame = undefined;
      }
    }
    if (this.#isWaiting) {
      const { stream } = this.#options;
      stream.pause();
      if (at < chunk.length) stream.unshift(chunk.subarray(at));
    }
    return frames;
  }

  /** Forgets what was read of a frame. */
  clear(): void {
    this.#frame = undefined;
  }

  #readHeader(bytes: Buffer): number {
    if (this.#headerBytes === 0) this.#options.onStart();
    const read = bytes.copy(this.#header, this.#headerBytes);
    this.#headerBytes += read;
    if (this.#headerBytes < frameHeaderBytes) return read;
    this.#headerBytes = 0;
    const length = this.#header.readUInt32BE(1);
    const { limit, admit, stream, onRefused } = this.#options;
    // The text is that of grpc-js.
    if (length > limit) throw new Error(`Received message larger than max (${length} vs ${limit})`);
    const admitted = admit(length);
    if (admitted === undefined) this.#startFrame(length);
    else {
      this.#isWaiting = true;
      admitted.then(() => {
        this.#isWaiting = false;
        this.#startFrame(length);
        stream.resume();
      }, onRefused);
    }
    return read;
  }

  #startFrame(length: number): void {
    this.#frame = Buffer.allocUnsafe(frameHeaderBytes + length);
    this.#frameBytes = this.#header.copy(this.#frame);
  }

  #readContent(bytes: Buffer): number {
    if (this.#frame === undefined) return 0;
    const read = bytes.copy(this.#frame, this.#frameBytes);
    this.#frameBytes += read;
    return read;
  }
}
