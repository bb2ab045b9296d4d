import { fromJson, type DescField, type DescMessage, type JsonValue, type Registry } from '@bufbuild/protobuf';
import { isFieldError } from '@bufbuild/protobuf/reflect';
import { isObject } from '../../contract/json-object.js';
import { fieldOf } from './tolerate.js';

/** What is wrong with a JSON value, and where: `analyze_specs[0].features[1].type`, or empty for the whole. */
export interface JsonProblem {
  readonly field: string;
  readonly problem: string;
}

/**
 * Finds the innermost field that the strict parser refuses: the parser itself names a field, but not the element of the
 * list that it is in.
 * @returns undefined where the parser takes the value
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
  // Each member is right, and together they are not: two names of a field, two members of a oneof.
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
 * What the strict parser says, without the name of the field or message: our texts name it by its path.
 * `cannot decode field a.B.c from JSON: cannot decode enum a.D from JSON: "x"` begins with both.
 */
export function parserProblem(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^cannot decode (?:field|message|oneof) \S+ from JSON: /, '');
}

/** Name of the member that the parser stopped at, empty where there is none. */
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
