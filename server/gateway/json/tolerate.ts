import type { DescEnum, DescField, DescMessage, JsonValue } from '@bufbuild/protobuf';
import { isObject } from '../../contract/json-object.js';

/**
 * Rewrites a JSON value of a message into what the proto3 JSON mapping takes, where the original API takes more.
 * Each rule is one function here. What no rule knows stays as it is, for the strict parser to refuse.
 */
export function tolerate(schema: DescMessage, value: JsonValue): JsonValue {
  if (!isObject(value) || schema.typeName.startsWith('google.protobuf.')) return value;
  const entries = Object.entries(value).map(([key, member]) => {
    const field = fieldOf(schema, key);
    return [key, field === undefined ? member : tolerateField(field, member)] as const;
  });
  return Object.fromEntries(entries);
}

function tolerateField(field: DescField, value: JsonValue): JsonValue {
  if (field.fieldKind === 'list') return listOfOne(value, (element) => tolerateElement(field, element));
  if (field.fieldKind !== 'map') return tolerateElement(field, value);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, tolerateElement(field, member)]));
}

function tolerateElement({ message, enum: enumeration }: DescField, value: JsonValue): JsonValue {
  if (message !== undefined) return tolerate(message, value);
  return enumeration === undefined ? value : enumName(enumeration, value);
}

/** One value where a list is due: `"features": {"type": ...}`. */
function listOfOne(value: JsonValue, tolerateOne: (element: JsonValue) => JsonValue): JsonValue {
  if (value === null) return null;
  return Array.isArray(value) ? value.map(tolerateOne) : [tolerateOne(value)];
}

/** Names of enum values in any case: `"type": "classification"`. */
function enumName(enumeration: DescEnum, value: JsonValue): JsonValue {
  if (typeof value !== 'string') return value;
  const known = (text: string): boolean => enumeration.values.some(({ name }) => name === text);
  return !known(value) && known(value.toUpperCase()) ? value.toUpperCase() : value;
}

/** The field that a key of a JSON object means: by its name in proto/ or by its JSON name. */
export function fieldOf(schema: DescMessage, key: string): DescField | undefined {
  return schema.fields.find(({ name, jsonName }) => name === key || jsonName === key);
}
