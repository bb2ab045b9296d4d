import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { VisionError } from '../errors/errors.js';

/**
 * Maximum number of fields, nested messages included. Eight images with eight features and eight languages each have
 * 800.
 */
const maxFields = 5000;
/** Maximum nesting of messages and groups. */
const maxDepth = 100;

/** Wire types (https://protobuf.dev/programming-guides/encoding/). */
const wireType = { varint: 0, fixed64: 1, length: 2, groupStart: 3, groupEnd: 4, fixed32: 5 };

/** Maximum tag: field numbers have 29 bits. */
const maxTag = 0xffff_ffff;

/**
 * Scans a binary message before it is parsed: two bytes, `0a 00`, become an object, so a body of them would become
 * millions. Images are skipped, so the cost does not depend on their size.
 * @throws VisionError MALFORMED_BODY if it is not a message, or has too many fields or levels
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
  // Decoders accept fields that exceed their message, and group ends without a start, and continue at another position
  // than this scan would. No encoder writes such messages.
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
  /** Skips the content of a field, or enters it if it is a message. */
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

/** Whether the field may be packed: a list of numbers in a length-delimited field. */
function isPacked({ fieldKind, scalar }: DescField): boolean {
  return fieldKind === 'list' && scalar !== ScalarType.STRING && scalar !== ScalarType.BYTES;
}
