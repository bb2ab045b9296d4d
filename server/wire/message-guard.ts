import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { ServerInterceptingCall, status, type ServerInterceptor } from '@grpc/grpc-js';
import { decompressionLimit } from '../pipeline/request-limits.js';

const decompressors = { gzip: promisify(gunzip), deflate: promisify(inflate) };
/** A frame starts with a compression flag and the message length. */
const frameHeaderBytes = 5;

/**
 * Limits the messages of each method: their size before and after decompression, the decompression ratio, and one
 * decompression at a time per call. Resets the stream of a call that ended while its client was still sending. grpc-js
 * has one size limit per server and none of the others, so private fields of its calls are set; test/grpc-edge.spec.ts
 * checks that they still work.
 * @param limitOf maximum message size of a method in bytes, by its path
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
        // The reset tells the client to stop sending (RFC 9113, 8.1). It follows the response.
        setImmediate(() => {
          if (stream?.readableEnded === false) stream.close(constants.NGHTTP2_NO_ERROR);
        });
      },
    });
  };
}

/** Lets a call receive a message only after the previous one was read; grpc-js reads sixteen ahead. */
export function readOneByOne(call: Readable): void {
  const state: unknown = Reflect.get(call, '_readableState');
  if (typeof state === 'object' && state !== null) Reflect.set(state, 'highWaterMark', 1);
}

/** A mutex: one holder at a time, first come first served. */
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

/** The message of a frame. @throws a status object, which grpc-js uses as the status of the call */
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
