import {
  ScalarType,
  type DescEnum,
  type DescField,
  type DescMessage,
  type DescOneof,
  type JsonObject,
} from '@bufbuild/protobuf';
import { isRequiredOneof, lengthBounds, sizeBounds, valueBounds } from '../../contract/bounds.js';
import type { Bounds } from '../../contract/bounds.js';
import { commentOf } from './comments.js';

/** JSON forms of google.protobuf types that are not objects. */
const customSchemas: Readonly<Record<string, JsonObject>> = {
  'google.protobuf.Any': { type: 'object', properties: { '@type': { type: 'string' } }, required: ['@type'] },
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: String.raw`^-?\d+(\.\d{1,9})?s$` },
  'google.protobuf.FieldMask': { type: 'string' },
  'google.protobuf.Struct': { type: 'object' },
  'google.protobuf.ListValue': { type: 'array' },
  'google.protobuf.Value': {},
  'google.protobuf.BoolValue': { type: 'boolean' },
  'google.protobuf.StringValue': { type: 'string' },
  'google.protobuf.BytesValue': { type: 'string', contentEncoding: 'base64' },
  'google.protobuf.DoubleValue': { type: 'number' },
  'google.protobuf.FloatValue': { type: 'number' },
  'google.protobuf.Int32Value': { type: 'integer' },
  'google.protobuf.UInt32Value': { type: 'integer' },
  'google.protobuf.Int64Value': { type: 'string', format: 'int64' },
  'google.protobuf.UInt64Value': { type: 'string', format: 'uint64' },
};

const int64 = { type: 'string', format: 'int64', pattern: String.raw`^-?\d+$` } as const;
const uint64 = { type: 'string', format: 'uint64', pattern: String.raw`^\d+$` } as const;
const scalarSchemas: Readonly<Record<ScalarType, JsonObject>> = {
  [ScalarType.DOUBLE]: { type: 'number', format: 'double' },
  [ScalarType.FLOAT]: { type: 'number', format: 'float' },
  [ScalarType.INT64]: int64,
  [ScalarType.SINT64]: int64,
  [ScalarType.SFIXED64]: int64,
  [ScalarType.UINT64]: uint64,
  [ScalarType.FIXED64]: uint64,
  [ScalarType.INT32]: { type: 'integer', format: 'int32' },
  [ScalarType.SINT32]: { type: 'integer', format: 'int32' },
  [ScalarType.SFIXED32]: { type: 'integer', format: 'int32' },
  [ScalarType.UINT32]: { type: 'integer', minimum: 0 },
  [ScalarType.FIXED32]: { type: 'integer', minimum: 0 },
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
};

/** JSON schemas of messages, collected as they are referenced. */
export class OpenApiSchemas {
  readonly #schemas: Record<string, JsonObject> = {};

  /** All referenced schemas, by message name. */
  get all(): JsonObject {
    return this.#schemas;
  }

  /** A reference to the schema of a message. */
  refer(message: DescMessage): JsonObject {
    const custom = customSchemas[message.typeName];
    if (custom !== undefined) return custom;
    if (this.#schemas[message.typeName] === undefined) {
      // Registered before its fields are described: a message may contain itself.
      const schema: JsonObject = {};
      this.#schemas[message.typeName] = schema;
      Object.assign(schema, this.#describe(message));
    }
    return { $ref: `#/components/schemas/${message.typeName}` };
  }

  /** The schema of a field, with its limits. */
  field(field: DescField): JsonObject {
    const description = commentOf(field);
    return { ...this.#fieldShape(field), ...(description !== '' && { description }) };
  }

  #describe(message: DescMessage): JsonObject {
    const properties = Object.fromEntries(message.fields.map((field) => [field.jsonName, this.field(field)]));
    const choices = message.oneofs.map((oneof) => choiceOf(oneof));
    return {
      type: 'object',
      description: commentOf(message),
      properties,
      ...(choices.length > 0 && { allOf: choices }),
    };
  }

  #fieldShape(field: DescField): JsonObject {
    const length = lengthBounds(field);
    const element = this.#elementShape(field, length);
    if (field.fieldKind === 'map') return { type: 'object', additionalProperties: element };
    if (field.fieldKind !== 'list') return element;
    return { type: 'array', items: element, ...limits(sizeBounds(field), 'minItems', 'maxItems') };
  }

  #elementShape(field: DescField, length: Bounds | undefined): JsonObject {
    if (field.message !== undefined) return this.refer(field.message);
    if (field.enum !== undefined) return enumShape(field.enum);
    const { scalar } = field;
    if (scalar === undefined) return {};
    // JSON Schema counts characters, so the limit in bytes becomes one in base64 characters.
    const perByte = scalar === ScalarType.BYTES ? 4 / 3 : 1;
    const bounds = length && { min: length.min, max: Math.ceil(length.max * perByte) + (perByte > 1 ? 4 : 0) };
    return {
      ...scalarSchemas[scalar],
      ...limits(bounds, 'minLength', 'maxLength'),
      ...limits(valueBounds(field), 'minimum', 'maximum'),
    };
  }
}

function enumShape(enumeration: DescEnum): JsonObject {
  const description = enumeration.values.map((value) => `\`${value.name}\`: ${commentOf(value)}`).join('\n\n');
  return { type: 'string', enum: enumeration.values.map(({ name }) => name), description };
}

/** Exactly one, or at most one, of the members of a oneof. */
function choiceOf(oneof: DescOneof): JsonObject {
  const members = oneof.fields.map(({ jsonName }) => ({ required: [jsonName] }));
  const none = { not: { anyOf: members } };
  return { oneOf: isRequiredOneof(oneof) ? members : [...members, none] };
}

function limits(bounds: Bounds | undefined, min: string, max: string): JsonObject {
  if (bounds === undefined) return {};
  return {
    ...(bounds.min > 0 && { [min]: bounds.min }),
    ...(bounds.max !== Infinity && { [max]: bounds.max }),
  };
}
