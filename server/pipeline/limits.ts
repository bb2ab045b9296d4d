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
