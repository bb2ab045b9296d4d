/** Decimal digits that a type always preserves (DBL_DIG, FLT_DIG), and digits that identify any of its numbers. */
const digitsOf = { double: [15, 17], float: [6, 9] } as const;

/**
 * Formats a number as the original API does: like C's `%g` with 15 digits (6 for a float), or with 17 (9) if 15 do not
 * round-trip: `0.934864521`, `0.37257921695709229`, `3.5408855183050036e-05`.
 * @param value finite
 */
export function numberText(value: number, type: keyof typeof digitsOf): string {
  const [fewer, all] = digitsOf[type];
  const short = formatG(value, fewer);
  const read = type === 'float' ? Math.fround(Number(short)) : Number(short);
  return Object.is(read, value) ? short : formatG(value, all);
}

function formatG(value: number, digits: number): string {
  const [mantissa = '', exponentText] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < digits) {
    return withoutTrailingZeros(value === 0 ? zero(value) : value.toFixed(digits - 1 - exponent));
  }
  const sign = exponent < 0 ? '-' : '+';
  return `${withoutTrailingZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function zero(value: number): string {
  return Object.is(value, -0) ? '-0' : '0';
}

function withoutTrailingZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
