import { findPhoneNumbersInText, type CountryCode } from 'libphonenumber-js/max';
import type { Span } from './span.js';

/** Countries whose numbers are found without a country code. */
const countries: readonly CountryCode[] = ['RU', 'US'];
const minDigits = 7;
/** As in E.164. */
const maxDigits = 15;
/** An optional 7 or 8, an area code, with or without parentheses, and the number in two or three groups. */
const nationalFormat = /^(?:[78][ -]*)?(?:\(\d{3,5}\)|\d{3,5})[ /-]*\d{1,3}[ -]*(?:\d{4}|\d{2}[ -]*\d{2})$/;

/** A label such as "Tel", and what may be between it and its number. OCR often reads a digit for a letter. */
const phoneLabel =
  /(?<!\p{L})(?:te[l1](?:e?ph[o0]ne)?|ph[o0]ne|fax|facsimile|m[o0]b(?:i[l1]e)?|whatsapps?|hotline|тел(?:ефон)?|т\/ф|факс|моб)(?!\p{L})(?:\s*\/\s*(?:fax|факс))?[\s.:]*(?:n[o0]\b|number|№)?[\s.:№]*/giu;
/** Digits with the usual separators. They may begin with a country code or an area code in parentheses. */
const digitGroups = /^[+(]?\d(?:[ ()/-]{0,2}\d){6,14}(?![\d\p{L}])/u;

/**
 * Finds telephone numbers in a line: those with a country code, those that are valid and formatted like numbers of Russia
 * or North America, and others after a label such as "Tel". Digits alone may be any number and are not found.
 */
export function findPhones(text: string): Span[] {
  if (countDigits(text) < minDigits) return [];
  const international = findPhoneNumbersInText(text).map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt }));
  const national = countries.flatMap((country) =>
    findPhoneNumbersInText(text, country)
      .map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt }))
      .filter(({ start, end }) => isFormatted(text.slice(start, end))),
  );
  const spans: Span[] = [];
  for (const span of [...international, ...national, ...labeledNumbers(text)]) {
    if (spans.every(({ start, end }) => span.end <= start || span.start >= end)) spans.push(span);
  }
  return spans;
}

/**
 * Whether a number is formatted like a telephone number: in at least three groups, or with the area code in parentheses.
 * Dates, sums and document numbers are not.
 */
function isFormatted(number: string): boolean {
  const [digits = ''] = number.split(/[^\d ()/-]/);
  return nationalFormat.test(digits.trim()) && (digits.includes('(') || digits.trim().split(/[ /-]+/).length >= 3);
}

function* labeledNumbers(text: string): Generator<Span> {
  for (const { index, 0: label } of text.matchAll(phoneLabel)) {
    const start = index + label.length;
    const [number] = digitGroups.exec(text.slice(start)) ?? [];
    if (number === undefined) continue;
    const digits = countDigits(number);
    if (digits >= minDigits && digits <= maxDigits) yield { start, end: start + number.length };
  }
}

function countDigits(text: string): number {
  return text.match(/\d/g)?.length ?? 0;
}
