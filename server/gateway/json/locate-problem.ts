import { fromJson, type DescField, type DescMessage, type JsonValue, type Registry } from '@bufbuild/protobuf';
import { isFieldError } from '@bufbuild/protobuf/reflect';
import { isObject } from '../../contract/json-object.js';
import { messageOf } from '../../errors/message-of.js';
import { fieldOf } from './tolerate.js';

/** A problem in a JSON value, and its path: `analyze_specs[0].features[1].type`, or empty for the whole value. */
export interface JsonProblem {
  readonly field: string;
  readonly problem: string;
}

/**
 * Finds the innermost field that the strict parser rejects: the parser names the field, but not the list element that
 * it is in.
 * @returns undefined if the parser accepts the value
 */
export function locateProblem(schema: DescMessage, value: JsonValue, registry: Registry): JsonProblem | undefined {
  return problemOfMessage(schema, value, '', registry);
}

function problemOfMessage(
  schema: DescMessage,
  value: JsonValue,
  path: string,
  registry: Registry,
): JsonProblem | undefined {
  const whole = problemOf(schema, value, registry);
  if (whole === undefined) return undefined;
  if (isObject(value) && !schema.typeName.startsWith('google.protobuf.')) {
    for (const [key, member] of Object.entries(value)) {
      const field = fieldOf(schema, key);
      const at = join(path, field?.name ?? key);
      if (field === undefined) {
        if (problemOf(schema, { [key]: member }, registry) !== undefined) {
          return { field: at, problem: 'unknown field' };
        }
        continue;
      }
      const inner = problemOfField(schema, field, member, at, registry);
      if (inner !== undefined) return inner;
    }
  }
  // Every member is valid but not their combination: two names of the same field, or two members of a oneof.
  return { field: join(path, memberOf(schema, value, registry)), problem: whole };
}

function problemOfField(
  schema: DescMessage,
  field: DescField,
  value: JsonValue,
  path: string,
  registry: Registry,
): JsonProblem | undefined {
  const problem = problemOf(schema, { [field.name]: value }, registry);
  if (problem === undefined) return undefined;
  const { message } = field;
  if (message !== undefined && field.fieldKind === 'message') return problemOfMessage(message, value, path, registry);
  if (field.fieldKind !== 'list' || !Array.isArray(value)) return { field: path, problem };
  for (const [index, element] of value.entries()) {
    const at = `${path}[${index}]`;
    const ofElement = problemOf(schema, { [field.name]: [element] }, registry);
    if (ofElement === undefined) continue;
    return message === undefined || element === null
      ? { field: at, problem: ofElement }
      : problemOfMessage(message, element, at, registry);
  }
  return { field: path, problem };
}

function problemOf(schema: DescMessage, value: JsonValue, registry: Registry): string | undefined {
  const error = errorOf(schema, value, registry);
  return error && parserProblem(error);
}

/**
 * The parser's message without the field and message names, since our texts name the path: `cannot decode field a.B.c
 * from JSON: cannot decode enum a.D from JSON: "x"` starts with both.
 */
export function parserProblem(error: unknown): string {
  const text = messageOf(error);
  return text.replace(/^cannot decode (?:field|message|oneof) \S+ from JSON: /, '');
}

/** Name of the member at which the parser stopped, or empty. */
function memberOf(schema: DescMessage, value: JsonValue, registry: Registry): string {
  const cause = errorOf(schema, value, registry)?.cause;
  return cause instanceof Error && isFieldError(cause) ? cause.field().name : '';
}

function errorOf(schema: DescMessage, value: JsonValue, registry: Registry): Error | undefined {
  try {
    fromJson(schema, value, { registry });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function join(path: string, name: string): string {
  return path === '' || name === '' ? path + name : `${path}.${name}`;
}
