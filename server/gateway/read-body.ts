import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { VisionError } from '../errors/errors.js';
import { decompressionLimit, maxCompression } from '../pipeline/request-limits.js';

/**
 * Reads the body of a request and gives what `use` makes of it. The bytes belong to the next body as soon as `use`
 * returns. What is left of a refused body stays unread.
 * @param limit largest body in bytes, compressed and decompressed: a small file that grows to a large one is stopped on the way
 * @throws VisionError where the body is too large, ends early or is not compressed as it says, and what `use` throws
 */
export type ReadBody = <Result>(
  request: IncomingMessage,
  limit: number,
  use: (body: Buffer) => Result,
) => Promise<Result>;

/** A body, in a buffer that may be larger. */
interface Body {
  readonly buffer: Buffer;
  readonly length: number;
}

const decompressors: Readonly<Record<string, (request: IncomingMessage) => Readable>> = {
  identity: (request) => request,
  gzip: (request) => request.pipe(createGunzip()),
  deflate: (request) => request.pipe(createInflate()),
  br: (request) => request.pipe(createBrotliDecompress()),
};
const known = Object.keys(decompressors).join(', ');

/** Room for a body of unknown length, and the most that is set aside for an announced one before it comes. */
const smallBytes = 64 << 10;
const trustedBytes = 16 << 20;

export function createBodyReader(): ReadBody {
  // Fresh memory of this size costs more than all that is done with it. One buffer at a time is kept for the next body.
  let spare: Buffer | undefined;
  return async (request, limit, use) => {
    // A client that says how much comes is refused before it has sent it.
    const announced = Number(request.headers['content-length'] ?? smallBytes);
    if (announced > limit) throw VisionError.of('BODY_TOO_LARGE', { limit });
    const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
    const decompress = Object.hasOwn(decompressors, encoding) ? decompressors[encoding] : undefined;
    if (decompress === undefined) {
      throw VisionError.of('MALFORMED_HEADER', { header: 'content-encoding', problem: `must be one of ${known}` });
    }
    const room = Math.min(announced, trustedBytes);
    const initial = spare !== undefined && spare.length >= room ? spare : Buffer.allocUnsafeSlow(room);
    if (initial === spare) spare = undefined;
    const { buffer, length } = await collect(request, decompress(request), limit, initial);
    try {
      return use(buffer.subarray(0, length));
    } finally {
      if (buffer.length <= trustedBytes && buffer.length > (spare?.length ?? 0)) spare = buffer;
    }
  };
}

function collect(request: IncomingMessage, stream: Readable, limit: number, initial: Buffer): Promise<Body> {
  return new Promise((resolve, reject) => {
    let buffer = initial;
    let length = 0;
    const append = (chunk: Buffer): void => {
      if (length + chunk.length > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(2 * buffer.length, length + chunk.length)));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      // Copied at once: chunks that nobody keeps cost the garbage collector next to nothing.
      length += chunk.copy(buffer, length);
    };
    let compressed = 0;
    const count = (chunk: Buffer): void => void (compressed += chunk.length);
    if (stream !== request) request.on('data', count);
    const fail = (error: VisionError): void => {
      request.unpipe();
      request.off('data', count);
      request.pause();
      stream.removeAllListeners('data');
      if (stream !== request) stream.destroy();
      reject(error);
    };
    stream.on('data', (chunk: Buffer) => {
      const grown = length + chunk.length;
      if (grown > limit) fail(VisionError.of('BODY_TOO_LARGE', { limit }));
      else if (stream !== request && grown > decompressionLimit(compressed)) {
        fail(
          VisionError.of('MALFORMED_BODY', {
            problem: `it decompresses to more than ${maxCompression} times its size`,
          }),
        );
      } else append(chunk);
    });
    stream.once('end', () => resolve({ buffer, length }));
    stream.once('error', ({ message }: Error) => fail(VisionError.of('MALFORMED_BODY', { problem: message })));
    request.once('close', () => {
      if (!request.complete) fail(VisionError.of('MALFORMED_BODY', { problem: 'it is truncated' }));
    });
  });
}
