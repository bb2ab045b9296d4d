import type { DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { sizeBounds } from '../contract/bounds.js';
import { methodDescriptor } from '../contract/descriptors.js';

/** Bytes for everything in a request except its images. */
const envelopeBytes = 1 << 20;
/** Maximum request size of methods without images: IDs, tokens, pages. */
const plainBytes = 64 << 10;
/** Maximum request size of health and reflection, which need no authentication: the name of a service or a type. */
export const nameBytes = 4 << 10;

/** Maximum request size of a method, after decompression. */
export interface RequestLimits {
  /** Bytes of the binary form. */
  readonly messageBytes: number;
  /** Bytes of the JSON form, with images in base64. */
  readonly jsonBytes: number;
}

/**
 * Maximum request size of a method: as many images as its message can hold, or a few kilobytes if it holds none.
 * @param path `/package.Service/Method`
 * @param maxContentBytes largest image file
 */
export function requestLimits(path: string, maxContentBytes: number): RequestLimits {
  const contents = contentsOf(methodDescriptor(path).input);
  if (contents === 0) return { messageBytes: plainBytes, jsonBytes: plainBytes };
  const messageBytes = contents * maxContentBytes + envelopeBytes;
  return { messageBytes, jsonBytes: Math.ceil((messageBytes * 4) / 3) + envelopeBytes };
}

/** Maximum number of images in a message: its bytes fields, and those of nested messages. */
function contentsOf(message: DescMessage): number {
  let sum = 0;
  for (const member of message.members) {
    if (member.kind === 'field') sum += contentsOfField(member);
    else sum += Math.max(...member.fields.map(contentsOfField));
  }
  return sum;
}

function contentsOfField(field: DescMessage['fields'][number]): number {
  const one = field.message === undefined ? Number(field.scalar === ScalarType.BYTES) : contentsOf(field.message);
  return field.fieldKind === 'list' && one > 0 ? one * listLimit(field) : one;
}

/** @throws Error for a list of images without a limit */
function listLimit(field: DescMessage['fields'][number]): number {
  const max = sizeBounds(field)?.max ?? Infinity;
  if (max === Infinity) throw new Error(`${field.toString()} holds images, and no size option limits how many`);
  return max;
}

/**
 * Maximum decompression ratio of requests larger than `smallBytes`. JSON with images compresses to two thirds at best;
 * a ratio of a thousand is an attack.
 */
export const maxCompression = 100;
const smallBytes = 64 << 10;

/** Maximum bytes of a request after decompression, whatever its method. */
export function decompressionLimit(compressedBytes: number): number {
  return Math.max(smallBytes, maxCompression * compressedBytes);
}
