import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { VisionError } from '../errors/errors.js';
import type { BodyShare } from '../pipeline/body-room.js';
import type { BodyWatch } from '../pipeline/body-watch.js';
import { decompressionLimit, maxCompression } from '../pipeline/request-limits.js';

/** How a body is read. */
export interface BodyRules {
  /** Maximum size in bytes, both compressed and decompressed. */
  readonly limit: number;
  /** Memory that the body may take. */
  readonly share: BodyShare;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/**
 * Reads the body of a request and returns the result of `use`. The buffer is reused as soon as `use` returns. The rest
 * of a rejected body is not read.
 * @throws VisionError if the body is too large, too slow, ends early or has an invalid encoding, if there is no memory
 * for it, the signal's reason, and what `use` throws
 */
export type ReadBody = <Result>(
  request: IncomingMessage,
  rules: BodyRules,
  use: (body: Buffer) => Result,
) => Promise<Result>;

/** A body in a buffer that may be larger. */
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

/**
 * Initial buffer size for a body of unknown length, and the maximum that is allocated for an announced one up front.
 */
const smallBytes = 64 << 10;
const trustedBytes = 16 << 20;

export function createBodyReader(watch: BodyWatch): ReadBody {
  // Allocating this much memory costs more than everything done with it, so one buffer is kept for the next body.
  let spare: Buffer | undefined;
  return async (request, rules, use) => {
    const { limit, share, signal } = rules;
    // A body that announces too many bytes is rejected before it is sent.
    const announced = Number(request.headers['content-length'] ?? smallBytes);
    if (announced > limit) throw VisionError.of('BODY_TOO_LARGE', { limit });
    const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
    const decompress = Object.hasOwn(decompressors, encoding) ? decompressors[encoding] : undefined;
    if (decompress === undefined) {
      throw VisionError.of('MALFORMED_HEADER', { header: 'content-encoding', problem: `must be one of ${known}` });
    }
    if (encoding === 'identity') await share.growTo(announced, signal);
    signal.throwIfAborted();
    const room = Math.min(announced, trustedBytes);
    const initial = spare !== undefined && spare.length >= room ? spare : Buffer.allocUnsafeSlow(room);
    if (initial === spare) spare = undefined;
    const { buffer, length } = await collect(request, decompress(request), rules, watch, initial);
    try {
      return use(buffer.subarray(0, length));
    } finally {
      if (buffer.length <= trustedBytes && buffer.length > (spare?.length ?? 0)) spare = buffer;
    }
  };
}

function collect(
  request: IncomingMessage,
  stream: Readable,
  { limit, share, signal }: BodyRules,
  watch: BodyWatch,
  initial: Buffer,
): Promise<Body> {
  return new Promise((resolve, reject) => {
    let buffer = initial;
    let length = 0;
    const append = (chunk: Buffer): void => {
      if (length + chunk.length > buffer.length) {
        const most = Math.min(limit, Math.max(share.bytes, length + chunk.length));
        const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(2 * buffer.length, length + chunk.length)));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      // Copied immediately: short-lived chunks cost the garbage collector next to nothing.
      length += chunk.copy(buffer, length);
    };
    let received = 0;
    let isWaiting = false;
    let isOver = false;
    const count = (chunk: Buffer): void => void (received += chunk.length);
    request.on('data', count);
    const end = (): void => {
      isOver = true;
      unwatch();
      request.off('data', count);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown): void => {
      end();
      request.unpipe();
      request.pause();
      stream.removeAllListeners('data');
      if (stream !== request) stream.destroy();
      // The connection may live on.
      buffer = Buffer.alloc(0);
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    signal.addEventListener('abort', onAbort);
    const unwatch = watch.watch({
      bytes: () => received,
      isBeingRead: () => !isWaiting && request.readableFlowing === true,
      buffered: () => request.readableLength,
      drop: fail,
    });
    const waitForRoom = (chunk: Buffer): void => {
      isWaiting = true;
      stream.pause();
      share.growTo(Math.min(limit, 2 * (length + chunk.length)), signal).then(() => {
        isWaiting = false;
        if (isOver) return;
        append(chunk);
        stream.resume();
      }, fail);
    };
    stream.on('data', (chunk: Buffer) => {
      const grown = length + chunk.length;
      if (grown > limit) fail(VisionError.of('BODY_TOO_LARGE', { limit }));
      else if (stream !== request && grown > decompressionLimit(received)) {
        fail(
          VisionError.of('MALFORMED_BODY', {
            problem: `it decompresses to more than ${maxCompression} times its size`,
          }),
        );
      } else if (grown > share.bytes) waitForRoom(chunk);
      else append(chunk);
    });
    stream.once('end', () => {
      end();
      resolve({ buffer, length });
    });
    stream.once('error', ({ message }: Error) => fail(VisionError.of('MALFORMED_BODY', { problem: message })));
    request.once('close', () => {
      if (!request.complete) fail(VisionError.of('MALFORMED_BODY', { problem: 'it is truncated' }));
    });
  });
}
