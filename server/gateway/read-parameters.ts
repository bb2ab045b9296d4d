import {
  mergeFromJson,
  ScalarType,
  type DescField,
  type DescMessage,
  type JsonValue,
  type Message,
} from '@bufbuild/protobuf';
import { registry } from '../contract/descriptors.js';
import { VisionError, type FieldViolation } from '../errors/errors.js';
import { parserProblem } from './json/locate-problem.js';
import { fieldOf } from './json/tolerate.js';

/**
 * Sets fields of a message from path variables or query parameters.
 * @param parameters field paths such as `page_size` or `filter.name`, with their values
 * @throws VisionError MALFORMED_PARAMETER with the parameter
 */
export function mergeParameters(
  schema: DescMessage,
  message: Message,
  parameters: Iterable<readonly [path: string, values: readonly string[]]>,
): void {
  const violations: FieldViolation[] = [];
  for (const [path, values] of parameters) {
    try {
      mergeFromJson(schema, message, jsonOf(schema, path.split('.'), values), { registry });
    } catch (error) {
      violations.push({ field: path, description: parserProblem(error) });
    }
  }
  if (violations.length > 0) throw VisionError.malformedParameters(violations);
}

function jsonOf(schema: DescMessage, [key = '', ...rest]: readonly string[], values: readonly string[]): JsonValue {
  const field = fieldOf(schema, key);
  if (field === undefined) throw new Error('unknown parameter');
  if (rest.length > 0) {
    if (field.fieldKind !== 'message') throw new Error(`${field.name} has no fields`);
    return { [field.name]: jsonOf(field.message, rest, values) };
  }
  if (field.fieldKind === 'list') return { [field.name]: values.map((value) => scalarOf(field, value)) };
  const [value = '', ...others] = values;
  if (others.length > 0) throw new Error('must not be repeated');
  return { [field.name]: scalarOf(field, value) };
}

/** A parameter as a JSON value. Types such as Timestamp are strings in JSON too. */
function scalarOf(field: DescField, text: string): JsonValue {
  if (field.fieldKind === 'map') throw new Error('is a map, which cannot be a parameter');
  if (field.message !== undefined && !field.message.typeName.startsWith('google.protobuf.')) {
    throw new Error('is a message, set its fields instead, as in name.field');
  }
  const isBool = field.scalar === ScalarType.BOOL || field.message?.typeName === 'google.protobuf.BoolValue';
  if (isBool && (text === 'true' || text === 'false')) return text === 'true';
  if (field.enum !== undefined && /^-?\d+$/.test(text)) return Number(text);
  return text;
}
