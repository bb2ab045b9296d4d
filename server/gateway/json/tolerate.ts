import type { DescEnum, DescField, DescMessage, JsonValue } from '@bufbuild/protobuf';
import { isObject } from '../../contract/json-object.js';

/**
 * Rewrites JSON that the original API accepts into proto3 JSON. Each rule is one function below. Anything else is left
 * as is, for the strict parser to reject.
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

/** A single value instead of a list: `"features": {"type": ...}`. */
function listOfOne(value: JsonValue, tolerateOne: (element: JsonValue) => JsonValue): JsonValue {
  if (value === null) return null;
  return Array.isArray(value) ? value.map(tolerateOne) : [tolerateOne(value)];
}

/** Enum names in any case: `"type": "classification"`. */
function enumName(enumeration: DescEnum, value: JsonValue): JsonValue {
  if (typeof value !== 'string') return value;
  const known = (text: string): boolean => enumeration.values.some(({ name }) => name === text);
  return !known(value) && known(value.toUpperCase()) ? value.toUpperCase() : value;
}

/** The field for a key of a JSON object, which is its proto name or its JSON name. */
export function fieldOf(schema: DescMessage, key: string): DescField | undefined {
  return schema.fields.find(({ name, jsonName }) => name === key || jsonName === key);
}
