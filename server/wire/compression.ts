import { promisify } from 'node:util';
import { gunzip, gzip, inflate } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { decompressionLimit } from '../pipeline/request-limits.js';
import { frameHeaderBytes } from './frame-reader.js';

/** Below this size, a packet holds a message as it is. */
const leastBytes = 1024;
const pack = promisify<Buffer, Buffer>(gzip);
const decompressors = { gzip: promisify(gunzip), deflate: promisify(inflate) };

/** Most bytes that a compressed message may have after decompression. @param limit maximum size of a message */
export function mostDecompressed(compressedBytes: number, limit: number): number {
  return Math.min(limit, decompressionLimit(compressedBytes));
}

/** The message in the content of a frame. @throws a status object, which grpc-js uses as the status of the call */
export async function decompress(content: Buffer, encoding: string, limit: number): Promise<Buffer> {
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    throw {
      code: status.UNIMPLEMENTED,
      details: `Message encoding ${encoding} is not supported, use gzip or deflate`,
    };
  }
  const maxOutputLength = mostDecompressed(content.length, limit);
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

/** Whether a client takes gzip. @param accepted value of grpc-accept-encoding */
export function takesGzip(accepted: string | readonly string[] | undefined): boolean {
  return [accepted ?? []]
    .flat()
    .join(',')
    .split(',')
    .some((encoding) => encoding.trim() === 'gzip');
}

/** Frames the messages of a response, gzip-compressed where that helps. */
export class MessagePacker {
  readonly #packed = new WeakSet<Buffer>();

  /** What to send for a message. */
  async pack(message: Buffer): Promise<Buffer> {
    if (message.length < leastBytes) return message;
    const packed = await pack(message);
    this.#packed.add(packed);
    return packed;
  }

  /** The frame of what `pack` returned. */
  frame(message: Buffer): Buffer {
    const frame = Buffer.allocUnsafe(frameHeaderBytes + message.length);
    frame.writeUInt8(Number(this.#packed.has(message)), 0);
    frame.writeUInt32BE(message.length, 1);
    message.copy(frame, frameHeaderBytes);
    return frame;
  }
}
