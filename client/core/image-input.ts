import { Code } from '../../gen/google/rpc/code.js';
import { untilAborted } from './abort.js';
import { VisionFileError } from './errors.js';

/** A JPEG or PNG file, or a PDF file for its text: its bytes, a Blob or File, or a stream of bytes. */
export type ImageInput = Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Reads an image, and no more of it than may be sent.
 * @throws TypeError if it is none of the inputs, VisionFileError if it is empty or too large, the reason of the signal
 */
export async function readImage(
  image: ImageInput,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const bytes = await untilAborted(bytesOf(image, maxBytes), signal);
  if (bytes.length === 0) throw refusal('CONTENT_EMPTY', 'The image is empty');
  checkSize(bytes.length, maxBytes);
  return bytes;
}

async function bytesOf(image: ImageInput, maxBytes: number): Promise<Uint8Array> {
  if (typeof image === 'string') {
    throw new TypeError(
      'The image is a string. Pass the bytes of the file, as of readFile(path), or a Blob or a stream',
    );
  }
  if (ArrayBuffer.isView(image)) return new Uint8Array(image.buffer, image.byteOffset, image.byteLength);
  if (image instanceof ArrayBuffer) return new Uint8Array(image);
  if (image instanceof Blob) {
    checkSize(image.size, maxBytes);
    return new Uint8Array(await image.arrayBuffer());
  }
  if (typeof image === 'object' && image !== null) {
    if (image instanceof ReadableStream) return collect(chunksOf(image), maxBytes);
    if (Symbol.asyncIterator in image) return collect(image, maxBytes);
  }
  throw new TypeError(`The image must be bytes, a Blob or a stream, not ${describe(image)}`);
}

async function collect(chunks: AsyncIterable<unknown>, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError(`The stream of the image must be one of bytes: it has ${describe(chunk)}`);
    }
    length += chunk.length;
    checkSize(length, maxBytes, 'or more');
    parts.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Not every browser can iterate over a stream. */
async function* chunksOf(stream: ReadableStream<unknown>): AsyncGenerator {
  if (stream.locked) throw new TypeError('The stream of the image is being read by someone else');
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => {});
  }
}

function checkSize(bytes: number, limit: number, orMore = ''): void {
  if (bytes <= limit) return;
  throw refusal('CONTENT_TOO_LARGE', `The image has ${[bytes, orMore].join(' ').trim()} bytes; the limit is ${limit}`);
}

function refusal(reason: string, message: string): VisionFileError {
  return new VisionFileError({ code: Code.INVALID_ARGUMENT, reason, message });
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? `an object of type ${value.constructor?.name ?? 'Object'}` : `a ${typeof value}`;
}
