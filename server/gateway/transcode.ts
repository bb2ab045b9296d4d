import { create, fromBinary, fromJsonString, toBinary, toJsonString, type DescMessage, type Message } from '@bufbuild/protobuf';
import { registry } from '../descriptors.js';
import { VisionError } from '../errors.js';
import { cutLongStrings } from './long-strings.js';

/**
 * Turns the JSON form of a message into its binary form, strictly by the proto3 JSON mapping.
 * @throws VisionError MALFORMED_JSON that names the field
 */
export function jsonToBinary(schema: DescMessage, body: Buffer): Buffer {
  let clean = (text: string): string => text;
  try {
    const skeleton = cutLongStrings(body);
    clean = (text) => skeleton.clean(text);
    const message: Message = create(schema);
    Object.assign(message, fromJsonString(schema, skeleton.json, { registry }));
    skeleton.restore(schema, message);
    return Buffer.from(toBinary(schema, message).buffer);
  } catch (error) {
    const problem = clean(error instanceof Error ? error.message : String(error));
    throw VisionError.of('MALFORMED_JSON', { message: schema.name, problem });
  }
}

/** Turns the binary form of a message into its JSON form: int64 as strings, bytes as base64, details with `@type`. */
export function binaryToJson(schema: DescMessage, binary: Uint8Array): string {
  return toJsonString(schema, fromBinary(schema, binary), { registry });
}
