import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { decompressionLimit } from '../pipeline/request-limits.js';

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
