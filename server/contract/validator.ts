import { hasOption, type DescField, type DescMessage } from '@bufbuild/protobuf';
import type { FieldViolation } from '../errors/errors.js';
import { describeBounds, isRequiredOneof, lengthBounds, sizeBounds, valueBounds, type Bounds } from './bounds.js';
import { messageDescriptor, optionDescriptor } from './descriptors.js';

/** Checks a ts-proto message. Returns a violation for every field that exceeds a limit in its .proto file. */
export type Validator = (message: object) => FieldViolation[];

type Check = (value: unknown, path: string, violations: FieldViolation[]) => void;

/** Options that proto/ declares but no field uses yet. A limit must never be silently ignored. */
const unsupported = ['required', 'pattern', 'unique', 'map_key', 'bytes'].map((name) =>
  optionDescriptor(`yandex.cloud.${name}`),
);

/**
 * Compiles the `size`, `length`, `value` and `exactly_one` options of a message and of everything in it.
 * @param deferred full names of fields that are validated elsewhere, with their content
 */
export function createValidator(typeName: string, deferred: readonly string[] = []): Validator {
  const check = compileMessage(messageDescriptor(typeName), new Set(deferred), new Map());
  return (message) => {
    const violations: FieldViolation[] = [];
    check(message, '', violations);
    return violations;
  };
}

function compileMessage(message: DescMessage, deferred: ReadonlySet<string>, known: Map<string, Check>): Check {
  const cached = known.get(message.typeName);
  if (cached !== undefined) return cached;
  const checks: Check[] = [];
  // Registered before its fields are compiled: a message may contain itself.
  const check: Check = (value, path, violations) => {
    for (const part of checks) part(value, path, violations);
  };
  known.set(message.typeName, check);

  for (const field of message.fields) {
    if (deferred.has(`${message.typeName}.${field.name}`)) continue;
    const checkField = compileField(field, deferred, known);
    const { oneof } = field;
    checks.push((value, path, violations) => {
      const holder = property(value, oneof?.localName ?? field.localName);
      if (oneof === undefined) checkField(holder, join(path, field.name), violations);
      else if (property(holder, '$case') === field.localName) {
        checkField(property(holder, 'value'), join(path, field.name), violations);
      }
    });
  }
  for (const oneof of message.oneofs) {
    if (!isRequiredOneof(oneof)) continue;
    const members = oneof.fields.map(({ name }) => name).join(' or ');
    checks.push((value, path, violations) => {
      if (property(value, oneof.localName) !== undefined) return;
      violations.push({ field: join(path, oneof.name), description: `${members} is required` });
    });
  }
  return check;
}

function compileField(field: DescField, deferred: ReadonlySet<string>, known: Map<string, Check>): Check {
  for (const option of unsupported) {
    if (hasOption(field, option)) {
      throw new Error(`${field.toString()} uses ${option.typeName}, which is not enforced yet`);
    }
  }
  const size = sizeBounds(field);
  const length = lengthBounds(field);
  const allowed = valueBounds(field);
  const content = field.message === undefined ? undefined : compileMessage(field.message, deferred, known);

  const checkElement: Check = (value, path, violations) => {
    if (length !== undefined) checkLength(value, length, path, violations);
    if (allowed !== undefined) checkValue(value, allowed, path, violations);
    if (value !== undefined) content?.(value, path, violations);
  };
  if (field.fieldKind !== 'list') return checkElement;
  return (value, path, violations) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    if (size !== undefined && (list.length < size.min || list.length > size.max)) {
      violations.push({
        field: path,
        description: `must have ${describeBounds(size, 'element', 'elements')}, has ${list.length}`,
      });
      return;
    }
    for (const [index, element] of list.entries()) checkElement(element, `${path}[${index}]`, violations);
  };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function checkLength(value: unknown, bounds: Bounds, field: string, violations: FieldViolation[]): void {
  const isText = typeof value === 'string';
  const length = isText ? characters(value) : value instanceof Uint8Array ? value.length : 0;
  if (length >= bounds.min && length <= bounds.max) return;
  const measured = isText && length > countedCharacters ? `more than ${countedCharacters}` : String(length);
  const allowed = isText ? describeBounds(bounds, 'character', 'characters') : describeBounds(bounds, 'byte', 'bytes');
  violations.push({ field, description: `must have ${allowed}, has ${measured}` });
}

function checkValue(value: unknown, { min, max }: Bounds, field: string, violations: FieldViolation[]): void {
  const number = Number(value);
  if (number < min || number > max) {
    violations.push({ field, description: `must be ${min} to ${max}, is ${number}` });
  }
}

/** No field allows more. Counting stops here, so that a string of megabytes costs little. */
const countedCharacters = 1 << 16;

/** Code points, not UTF-16 units. Stops counting beyond `countedCharacters`. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) if (++count > countedCharacters) break;
  return count;
}
