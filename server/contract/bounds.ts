import { getOption, hasOption, type DescField, type DescOneof } from '@bufbuild/protobuf';
import { optionDescriptor } from './descriptors.js';

const options = {
  size: optionDescriptor('yandex.cloud.size'),
  length: optionDescriptor('yandex.cloud.length'),
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
 * @throws Error for anything else, so that a limit never goes unenforced
 */
export function parseBounds(text: string): Bounds {
  const [, min, max] = range.exec(text) ?? [];
  if (min !== undefined && max !== undefined) return { min: Number(min), max: Number(max) };
  const [, operator, digits] = bound.exec(text) ?? [];
  if (digits === undefined) throw new Error(`A limit in proto/ reads ${text}, which is neither a range nor a bound`);
  const value = Number(digits);
  if (operator === '<=') return { min: 0, max: value };
  if (operator === '<') return { min: 0, max: value - 1 };
  if (operator === '>=') return { min: value, max: Infinity };
  if (operator === '>') return { min: value + 1, max: Infinity };
  return { min: value, max: value };
}

/** The bounds as a reader would say them: `from 1 to 8`, `at most 50`. */
export function describeBounds({ min, max }: Bounds): string {
  if (min === max) return `exactly ${min}`;
  if (max === Infinity) return `at least ${min}`;
  return min === 0 ? `at most ${max}` : `from ${min} to ${max}`;
}

/** How long a string or bytes may be, each element of them in a list. */
export function lengthBounds(field: DescField): Bounds | undefined {
  return boundsOf(field, 'length');
}

/** How many elements a list may have. */
export function sizeBounds(field: DescField): Bounds | undefined {
  return boundsOf(field, 'size');
}

/** Whether one member of the oneof must be set. */
export function isRequiredOneof(oneof: DescOneof): boolean {
  return hasOption(oneof, options.exactlyOne);
}

function boundsOf(field: DescField, name: 'size' | 'length'): Bounds | undefined {
  if (!hasOption(field, options[name])) return undefined;
  return parseBounds(String(getOption(field, options[name])));
}
