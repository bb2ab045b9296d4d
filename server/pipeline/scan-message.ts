import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { VisionError } from '../errors/errors.js';

/** Fields of a message and of all in it. Eight images with eight features and eight languages each have 800. */
const maxFields = 5000;
/** Messages and groups within each other. */
const maxDepth = 100;

/** Number of a field's type on the wire (https://protobuf.dev/programming-guides/encoding/). */
const wireType = { varint: 0, fixed64: 1, length: 2, groupStart: 3, groupEnd: 4, fixed32: 5 };

/** Larger numbers are no tags: a field number has 29 bits. */
const maxTag = 0xffff_ffff;

/**
 * Walks over a message in its binary form before anything is built from it: two bytes of `0a 00` become an object, and a
 * body of them millions. Images are stepped over, so that the cost does not grow with them.
 * @throws VisionError MALFORMED_BODY where it is no message, has too many fields or too many levels
 */
export function scanMessage(schema: DescMessage, bytes: Uint8Array): void {
  let count = 0;
  let at = 0;
  const fail = (problem: string): never => {
    throw VisionError.of('MALFORMED_BODY', { problem });
  };
  const add = (fields: number): void => {
    count += fields;
    if (count > maxFields) fail(`it has more than ${maxFields} fields`);
  };
  const readVarint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++] ?? fail('it is truncated');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return fail('it has a varint of more than 10 bytes');
  };
  // Decoders forgive parts that are longer than the whole, and ends of groups that never began, and go on at another place
  // than this walk would. Nothing that writes messages writes such.
  const scan = (content: DescMessage | { readonly group: number }, end: number, depth: number): void => {
    if (depth > maxDepth) fail(`it is nested deeper than ${maxDepth} levels`);
    while (at < end) {
      add(1);
      const tag = readVarint();
      const type = tag % 8;
      if (tag < 8 || tag > maxTag) fail('it has an invalid field number');
      const number = Math.floor(tag / 8);
      if (type === wireType.groupEnd && 'group' in content && content.group === number) return;
      if (type === wireType.varint) readVarint();
      else if (type === wireType.fixed64) at += 8;
      else if (type === wireType.fixed32) at += 4;
      else if (type === wireType.groupStart) scan({ group: number }, end, depth + 1);
      else if (type === wireType.length) step('group' in content ? [] : content.fields, number, end, depth);
      else fail(`it has a field of invalid wire type ${type}`);
    }
    if (at > end || 'group' in content) fail('it is truncated');
  };
  /** Over the content of a field, or into it where it is a message. */
  const step = (known: readonly DescField[], number: number, end: number, depth: number): void => {
    const length = readVarint();
    const stop = at + length;
    if (stop > end) fail('it is truncated');
    const field = known.find((each) => each.number === number);
    if (field?.message !== undefined) scan(field.message, stop, depth + 1);
    else if (field !== undefined && isPacked(field)) add(length);
    at = stop;
  };
  scan(schema, bytes.length, 0);
}

/** Whether the bytes of the field may be a list of numbers, of one byte or more each. */
function isPacked({ fieldKind, scalar }: DescField): boolean {
  return fieldKind === 'list' && scalar !== ScalarType.STRING && scalar !== ScalarType.BYTES;
}
