import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { VisionError } from '../errors.js';

/** @throws VisionError where the body is too large, ends early or is not packed as it says */
export type ReadBody = (request: IncomingMessage) => Promise<Buffer>;

const unpackers: Readonly<Record<string, (request: IncomingMessage) => Readable>> = {
  identity: (request) => request,
  gzip: (request) => request.pipe(createGunzip()),
  deflate: (request) => request.pipe(createInflate()),
  br: (request) => request.pipe(createBrotliDecompress()),
};
const known = Object.keys(unpackers).join(', ');

/** @param limit largest body in bytes, packed and unpacked: a small file that unpacks to a large one is stopped on the way */
export function createBodyReader(limit: number): ReadBody {
  return async (request) => {
    // A client that says how much comes is refused before it has sent it.
    if (Number(request.headers['content-length'] ?? 0) > limit) throw VisionError.of('BODY_TOO_LARGE', { limit });
    const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
    const unpack = Object.hasOwn(unpackers, encoding) ? unpackers[encoding] : undefined;
    if (unpack === undefined) {
      throw VisionError.of('MALFORMED_HEADER', { header: 'content-encoding', problem: `one of ${known} is needed` });
    }
    return collect(request, unpack(request), limit);
  };
}

function collect(request: IncomingMessage, stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const fail = (error: VisionError): void => {
      // What is still to come is read and forgotten.
      request.unpipe();
      stream.removeAllListeners('data');
      request.resume();
      reject(error);
    };
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) fail(VisionError.of('BODY_TOO_LARGE', { limit }));
      else chunks.push(chunk);
    });
    stream.once('end', () => resolve(Buffer.concat(chunks, length)));
    stream.once('error', ({ message }: Error) => fail(VisionError.of('MALFORMED_BODY', { problem: message })));
    request.once('close', () => {
      if (!request.complete) fail(VisionError.of('MALFORMED_BODY', { problem: 'it ends early' }));
    });
  });
}
