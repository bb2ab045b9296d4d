import type { DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { sizeBounds } from '../contract/bounds.js';
import { methodDescriptor } from '../contract/descriptors.js';

/** Room for everything in a request but its images. */
const envelopeBytes = 1 << 20;
/** Largest request of a method that takes no image: ids, tokens, pages. */
const plainBytes = 64 << 10;
/** Largest request to health and reflection, which answer everybody: the name of a service or a type. */
export const nameBytes = 4 << 10;

/** Largest request of a method, after decompression. */
export interface RequestLimits {
  /** Bytes of its binary form. */
  readonly messageBytes: number;
  /** Bytes of its JSON form, in which images are base64. */
  readonly jsonBytes: number;
}

/**
 * How large a request of a method can be: so many images as its message holds, or a few kilobytes where it holds none.
 * @param path `/package.Service/Method`
 * @param maxContentBytes largest image file
 */
export function requestLimits(path: string, maxContentBytes: number): RequestLimits {
  const contents = contentsOf(methodDescriptor(path).input);
  if (contents === 0) return { messageBytes: plainBytes, jsonBytes: plainBytes };
  const messageBytes = contents * maxContentBytes + envelopeBytes;
  return { messageBytes, jsonBytes: Math.ceil((messageBytes * 4) / 3) + envelopeBytes };
}

/** How many images a message holds at most: its fields of bytes, and those of the messages in it. */
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
 * How many times its compressed size a request may have, once it is larger than `smallBytes`. JSON of images shrinks to two
 * thirds at best; what grows a thousand times was made to.
 */
export const maxCompression = 100;
const smallBytes = 64 << 10;

/** Most bytes that a request may have after decompression, whatever else limits it. */
export function decompressionLimit(compressedBytes: number): number {
  return Math.max(smallBytes, maxCompression * compressedBytes);
}
