import {
  ScalarType,
  toJson,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  type Registry,
} from '@bufbuild/protobuf';
import { isObject } from './json-object.js';
import { numberText } from './number-text.js';

/**
 * Numbers that are printed even if they are 0, since clients read them without checking. Other fields with their
 * default value are omitted.
 */
const alwaysPrinted: ReadonlySet<string> = new Set(
  ['Line.confidence', 'Word.confidence', 'Word.DetectedLanguage.confidence', 'Property.probability'].map(
    (name) => `yandex.cloud.ai.vision.v1.${name}`,
  ),
);

/**
 * Prints a message as the original API does: proto3 JSON with one member per line, indented by one space per level,
 * without a trailing newline.
 */
export function printMessage(schema: DescMessage, message: Message, registry: Registry): string {
  return messageText(schema, toJson(schema, message, { registry }), '\n');
}

/** Prints the value of one field of a message in the same form. */
export function printField(schema: DescMessage, field: DescField, message: Message, registry: Registry): string {
  const json = toJson(schema, message, { registry, alwaysEmitImplicit: true });
  return fieldText(field, isObject(json) ? (json[field.jsonName] ?? {}) : {}, '\n');
}

function messageText(schema: DescMessage, json: JsonValue, indent: string): string {
  // Types such as Any and Timestamp have their own JSON form.
  if (!isObject(json) || schema.typeName.startsWith('google.protobuf.')) return plainText(json, indent);
  const members: string[] = [];
  let fields = 0;
  for (const { field, always } of printedFields(schema)) {
    const value = json[field.jsonName];
    if (value !== undefined) fields++;
    const printed = value === undefined && always ? 0 : value;
    if (printed !== undefined) {
      members.push(`${JSON.stringify(field.jsonName)}: ${fieldText(field, printed, `${indent} `)}`);
    }
  }
  if (fields < Object.keys(json).length) members.push(...extensionMembers(json, indent));
  return enclose('{', members, '}', indent);
}

/** Extensions are members with their names in brackets. */
function extensionMembers(json: JsonObject, indent: string): string[] {
  const extensions = Object.entries(json).filter(([key]) => key.startsWith('['));
  return extensions.map(([key, value]) => `${JSON.stringify(key)}: ${plainText(value, `${indent} `)}`);
}

interface PrintedField {
  readonly field: DescField;
  readonly always: boolean;
}

const knownFields = new WeakMap<DescMessage, readonly PrintedField[]>();

/** The fields of a message in the order of the original: lists and messages before scalars, except in errors. */
function printedFields(schema: DescMessage): readonly PrintedField[] {
  const known = knownFields.get(schema);
  if (known !== undefined) return known;
  const rank = ({ fieldKind }: DescField): number =>
    schema.typeName.startsWith('google.rpc.') || fieldKind === 'message' || fieldKind === 'list' ? 0 : 1;
  const fields = schema.fields
    .toSorted((a, b) => rank(a) - rank(b) || a.number - b.number)
    .map((field) => ({ field, always: alwaysPrinted.has(`${schema.typeName}.${field.name}`) }));
  knownFields.set(schema, fields);
  return fields;
}

function fieldText(field: DescField, json: JsonValue, indent: string): string {
  if (Array.isArray(json) && field.fieldKind === 'list') {
    return enclose(
      '[',
      json.map((element) => elementText(field, element, `${indent} `)),
      ']',
      indent,
    );
  }
  if (isObject(json) && field.fieldKind === 'map') {
    const members = Object.entries(json).map(
      ([key, value]) => `${JSON.stringify(key)}: ${elementText(field, value, `${indent} `)}`,
    );
    return enclose('{', members, '}', indent);
  }
  return elementText(field, json, indent);
}

function elementText({ message, scalar }: DescField, json: JsonValue, indent: string): string {
  if (message !== undefined) return messageText(message, json, indent);
  if (typeof json === 'number' && scalar === ScalarType.DOUBLE) return numberText(json, 'double');
  if (typeof json === 'number' && scalar === ScalarType.FLOAT) return numberText(json, 'float');
  return JSON.stringify(json);
}

function plainText(json: JsonValue, indent: string): string {
  // Error details start with their type, as in the original.
  const ordered: JsonValue = isObject(json) && json['@type'] !== undefined ? withTypeFirst(json) : json;
  return JSON.stringify(ordered, undefined, 1).replaceAll('\n', indent);
}

function withTypeFirst(json: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(json).toSorted(([a], [b]) => Number(b === '@type') - Number(a === '@type')));
}

function enclose(open: string, members: readonly string[], close: string, indent: string): string {
  return members.length === 0 ? open + close : `${open}${indent} ${members.join(`,${indent} `)}${indent}${close}`;
}
