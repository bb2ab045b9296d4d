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
import { registry as ourRegistry } from '../../contract/descriptors.js';
import { printMessage } from '../../contract/print-message.js';
import { VisionError } from '../../errors/errors.js';
import { messageOf } from '../../errors/message-of.js';
import { binaryMessage, type RequestMessage } from '../../pipeline/request-message.js';
import { locateProblem, parserProblem } from './locate-problem.js';
import { cutLongStrings, LongStringError, type LongValues, type Skeleton } from './long-strings.js';
import { parseRelaxedJson } from './relaxed-json.js';
import { tolerate } from './tolerate.js';

/** Which JSON is accepted: proto3 JSON only, or also what the original API accepts beyond it. */
export type RestCompat = 'strict' | 'yandex';

/** A message parsed from JSON. It contains placeholders instead of its long strings. */
export interface ParsedMessage {
  readonly message: Message;
  readonly longValues: LongValues;
  /** Size of its JSON. */
  readonly bytes: number;
}

const noLongValues: LongValues = { size: 0, valueOf: () => undefined };

/** An empty message. */
export function emptyMessage(schema: DescMessage): ParsedMessage {
  return { message: create(schema), longValues: noLongValues, bytes: 0 };
}

/** Parses the JSON form of a message. @throws VisionError MALFORMED_JSON with the field */
export function parseMessage(
  schema: DescMessage,
  body: Buffer,
  compat: RestCompat,
  registry: Registry = ourRegistry,
): ParsedMessage {
  const skeleton = readSkeleton(schema, body);
  try {
    const message: Message = fromJsonString(schema, skeleton.json, { registry });
    return { message, longValues: skeleton.decode(schema, message, false), bytes: body.length };
  } catch (error) {
    if (compat === 'strict') throw malformedJson(schema, skeleton, error, parseJson(skeleton.json), registry);
  }
  // Few clients need this second pass, and the skeleton is short.
  let json: JsonValue | undefined;
  try {
    json = tolerate(schema, parseRelaxedJson(skeleton.json));
    const message: Message = fromJson(schema, json, { registry });
    return { message, longValues: skeleton.decode(schema, message, true), bytes: body.length };
  } catch (error) {
    throw malformedJson(schema, skeleton, error, json, registry);
  }
}

/** @throws VisionError if the body exceeds a JSON limit or is not UTF-8 */
function readSkeleton(schema: DescMessage, body: Buffer): Skeleton {
  try {
    return cutLongStrings(body);
  } catch (error) {
    throw VisionError.malformedJson(schema.name, '', messageOf(error));
  }
}

/** Converts the JSON form of a message to its binary form. Throws like parseMessage. */
export function jsonToBinary(schema: DescMessage, body: Buffer, compat: RestCompat, registry?: Registry): Buffer {
  return toRequestMessage(schema, parseMessage(schema, body, compat, registry)).binary();
}

/** The message for the pipeline. Images bypass the binary form: they are put into the parsed message at the end. */
export function toRequestMessage(schema: DescMessage, { message, longValues, bytes }: ParsedMessage): RequestMessage {
  if (longValues.size === 0) return { ...binaryMessage(messageToBinary(schema, message)), bytes };
  return {
    bytes,
    decode: (deserialize) => replaceIn(deserialize(messageToBinary(schema, message)), longValues),
    binary: () => messageToBinary(schema, replaceIn(message, longValues)),
  };
}

/** Replaces placeholders by their long strings, in a message of either library. */
function replaceIn<Value>(holder: Value, longValues: LongValues): Value {
  if (typeof holder !== 'object' || holder === null || holder instanceof Uint8Array) return holder;
  for (const [key, value] of Object.entries(holder)) {
    const replacement = longValues.valueOf(value);
    if (replacement === undefined) replaceIn(value, longValues);
    else Reflect.set(holder, key, replacement);
  }
  return holder;
}

function messageToBinary(schema: DescMessage, message: Message): Buffer {
  const { buffer, byteOffset, byteLength } = toBinary(schema, message);
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Converts the binary form of a message to its JSON form. */
export function binaryToJson(schema: DescMessage, binary: Uint8Array): string {
  return printMessage(schema, fromBinary(schema, binary), ourRegistry);
}

function malformedJson(
  schema: DescMessage,
  skeleton: Skeleton,
  error: unknown,
  json: JsonValue | undefined,
  registry: Registry,
): VisionError {
  const text = parserProblem(error);
  if (error instanceof LongStringError) return VisionError.malformedJson(schema.name, error.field, text);
  const { field = '', problem = text } = json === undefined ? {} : (locateProblem(schema, json, registry) ?? {});
  return VisionError.malformedJson(schema.name, skeleton.clean(field), skeleton.clean(problem));
}

function parseJson(text: string): JsonValue | undefined {
  try {
    const json: JsonValue = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
}
