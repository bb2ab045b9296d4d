import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { ServerInterceptingCall, status, type ServerInterceptor } from '@grpc/grpc-js';
import { decompressionLimit } from '../pipeline/request-limits.js';

const decompressors = { gzip: promisify(gunzip), deflate: promisify(inflate) };
/** A frame begins with a flag for compression and the length of the message. */
const frameHeaderBytes = 5;

/**
 * Gives every method a limit of its own for its messages, before and after decompression, bounds what they may grow to,
 * and decompresses none before the one ahead of it was taken. Ends the stream of a call that was answered while its client
 * still sends. grpc-js has one limit for a whole server and none of the others, so private fields of its calls are set;
 * test/grpc-edge.spec.ts watches that they mean what they did.
 * @param limitOf largest message of a method in bytes, by its path
 */
export function messageGuard(limitOf: (path: string) => number): ServerInterceptor {
  return ({ path }, call) => {
    const limit = limitOf(path);
    const decoder: unknown = Reflect.get(call, 'decoder');
    Reflect.set(call, 'maxReceiveMessageSize', limit);
    if (typeof decoder === 'object' && decoder !== null) Reflect.set(decoder, 'maxReadMessageLength', limit);
    const turns = createTurns();
    Reflect.set(call, 'decompressMessage', async (frame: Buffer, encoding: string) => {
      await turns.next();
      return decompress(frame, encoding, limit);
    });
    const stream: ServerHttp2Stream | undefined = Reflect.get(call, 'stream');
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMessage(message, nextListener) {
            turns.pass();
            nextListener(message);
          },
        });
      },
      sendStatus(outcome, next) {
        next(outcome);
        // The reset asks the client to stop (RFC 9113, 8.1). It comes when the answer is on its way.
        setImmediate(() => {
          if (stream?.readableEnded === false) stream.close(constants.NGHTTP2_NO_ERROR);
        });
      },
    });
  };
}

/** Lets a call take a message when the one before it was read, where grpc-js takes sixteen ahead. */
export function readOneByOne(call: Readable): void {
  const state: unknown = Reflect.get(call, '_readableState');
  if (typeof state === 'object' && state !== null) Reflect.set(state, 'highWaterMark', 1);
}

/** One may go at a time, in the order of coming. */
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

/**
 * The message of a frame.
 * @throws what grpc-js takes for the status of the call
 */
async function decompress(frame: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const content = frame.subarray(frameHeaderBytes);
  if (encoding === 'identity') return content;
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    throw {
      code: status.UNIMPLEMENTED,
      details: `Message encoding ${encoding} is not supported, use gzip or deflate`,
    };
  }
  const maxOutputLength = Math.min(limit, decompressionLimit(content.length));
  try {
    return await decompressors[encoding](content, { maxOutputLength });
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    throw tooLarge
      ? {
          code: status.RESOURCE_EXHAUSTED,
          details: `The message decompresses to more than ${maxOutputLength} bytes`,
        }
      : { code: status.INVALID_ARGUMENT, details: `The message is not valid ${encoding}` };
  }
}
