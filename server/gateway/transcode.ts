import {
  create,
  fromBinary,
  fromJson,
  fromJsonString,
  toBinary,
  type DescMessage,
  type JsonValue,
  type Message,
  type Registry,
} from '@bufbuild/protobuf';
import { registry as ourRegistry } from '../descriptors.js';
import { VisionError } from '../errors.js';
import { locateProblem } from './locate-problem.js';
import { cutLongStrings, LongStringError, type Skeleton } from './long-strings.js';
import { printMessage } from './print-message.js';
import { parseRelaxedJson } from './relaxed-json.js';
import { tolerate } from './tolerate.js';

/** How much of what the proto3 JSON mapping forbids is taken: nothing, or what the original API takes. */
export type RestCompat = 'strict' | 'yandex';

/**
 * Turns the JSON form of a message into the message.
 * @throws VisionError MALFORMED_JSON that names the field
 */
export function parseMessage(schema: DescMessage, body: Buffer, compat: RestCompat, registry: Registry = ourRegistry): Message {
  let skeleton: Skeleton | undefined;
  let json: JsonValue | undefined;
  try {
    skeleton = cutLongStrings(body);
    try {
      return restored(schema, fromJsonString(schema, skeleton.json, { registry }), skeleton, false);
    } catch (error) {
      json = parseJson(skeleton.json);
      if (compat === 'strict') throw error;
    }
    // Long strings are cut between double quotes. Where those are not the quotes of JSON, the cuts are wrong.
    if (json === undefined) skeleton = undefined;
    json = tolerate(schema, parseRelaxedJson(skeleton?.json ?? utf8.decode(body)));
    return restored(schema, fromJson(schema, json, { registry }), skeleton, true);
  } catch (error) {
    throw malformedJson(schema, error, json, registry, (text) => skeleton?.clean(text) ?? text);
  }
}

/** Turns the JSON form of a message into its binary form. Throws as parseMessage does. */
export function jsonToBinary(schema: DescMessage, body: Buffer, compat: RestCompat): Buffer {
  return messageToBinary(schema, parseMessage(schema, body, compat));
}

export function messageToBinary(schema: DescMessage, message: Message): Buffer {
  const { buffer, byteOffset, byteLength } = toBinary(schema, message);
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Turns the binary form of a message into its JSON form. */
export function binaryToJson(schema: DescMessage, binary: Uint8Array): string {
  return printMessage(schema, fromBinary(schema, binary), ourRegistry);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function restored(schema: DescMessage, parsed: Message, skeleton: Skeleton | undefined, controls: boolean): Message {
  const message: Message = create(schema);
  Object.assign(message, parsed);
  skeleton?.restore(schema, message, controls);
  return message;
}

function malformedJson(
  schema: DescMessage,
  error: unknown,
  json: JsonValue | undefined,
  registry: Registry,
  clean: (text: string) => string,
): VisionError {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof LongStringError) return VisionError.malformedJson(schema.name, error.field, text);
  const located = json === undefined ? undefined : locateProblem(schema, json, registry);
  return VisionError.malformedJson(schema.name, clean(located?.field ?? ''), clean(located?.problem ?? text));
}

function parseJson(text: string): JsonValue | undefined {
  try {
    const json: JsonValue = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
}
