import { getOption, hasOption, type DescField, type DescOneof } from '@bufbuild/protobuf';
import { counted } from '../strings/counted.js';
import { optionDescriptor } from './descriptors.js';

const options = {
  size: optionDescriptor('yandex.cloud.size'),
  length: optionDescriptor('yandex.cloud.length'),
  value: optionDescriptor('yandex.cloud.value'),
  exactlyOne: optionDescriptor('yandex.cloud.exactly_one'),
};

/** Inclusive bounds of a size, a length or a number. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

const bound = /^(<=|>=|<|>)?(\d+)$/;
const range = /^(\d+)-(\d+)$/;

/**
 * Reads the bounds of a validation option: `1-8`, `<=50`, `<50`, `>=1`, `>0` or `36`.
 * @throws Error for anything else: a limit must never go unenforced
 */
export function parseBounds(text: string): Bounds {
  const [, min, max] = range.exec(text) ?? [];
  if (min !== undefined && max !== undefined) return { min: Number(min), max: Number(max) };
  const [, operator, digits] = bound.exec(text) ?? [];
  if (digits === undefined) throw new Error(`The limit ${text} in proto/ is neither a range nor a bound`);
  const value = Number(digits);
  if (operator === '<=') return { min: 0, max: value };
  if (operator === '<') return { min: 0, max: value - 1 };
  if (operator === '>=') return { min: value, max: Infinity };
  if (operator === '>') return { min: value + 1, max: Infinity };
  return { min: value, max: value };
}

/** The bounds in words: `1 to 8 elements`, `at most 50 characters`. */
export function describeBounds({ min, max }: Bounds, one: string, many: string): string {
  if (min === max) return `exactly ${counted(min, one, many)}`;
  if (max === Infinity) return `at least ${counted(min, one, many)}`;
  return min === 0 ? `at most ${counted(max, one, many)}` : `${min} to ${counted(max, one, many)}`;
}

/** Allowed length of a string or of bytes; in a list, of each element. */
export function lengthBounds(field: DescField): Bounds | undefined {
  return boundsOf(field, 'length');
}

/** Allowed number of elements of a list. */
export function sizeBounds(field: DescField): Bounds | undefined {
  return boundsOf(field, 'size');
}

/** Allowed value of a number. */
export function valueBounds(field: DescField): Bounds | undefined {
  return boundsOf(field, 'value');
}

/** Whether one member of the oneof must be set. */
export function isRequiredOneof(oneof: DescOneof): boolean {
  return hasOption(oneof, options.exactlyOne);
}

function boundsOf(field: DescField, name: 'size' | 'length' | 'value'): Bounds | undefined {
  if (!hasOption(field, options[name])) return undefined;
  return parseBounds(String(getOption(field, options[name])));
}
