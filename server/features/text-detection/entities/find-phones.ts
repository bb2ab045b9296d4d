import { findPhoneNumbersInText, type CountryCode } from 'libphonenumber-js/max';
import type { Span } from './span.js';

/** Numbers without a country code are looked for as these countries write them. */
const countries: readonly CountryCode[] = ['RU', 'US'];
const leastDigits = 7;
const mostDigits = 15;
const setOut = /^(?:[78][ -]*)?(?:\(\d{3,5}\)|\d{3,5})[ /-]*\d{1,3}[ -]*(?:\d{4}|\d{2}[ -]*\d{2})$/;

/** A word that announces a number, with what may stand between them. A digit for a letter is a usual misreading. */
const announced =
  /(?<!\p{L})(?:te[l1](?:e?ph[o0]ne)?|ph[o0]ne|fax|facsimile|m[o0]b(?:i[l1]e)?|whatsapps?|hotline|тел(?:ефон)?|т\/ф|факс|моб)(?!\p{L})(?:\s*\/\s*(?:fax|факс))?[\s.:]*(?:n[o0]\b|number|№)?[\s.:№]*/giu;
/** Digits with the signs that are usual between them; a country code or an area code in brackets may begin it. */
const digitGroups = /^[+(]?\d(?:[ ()/-]{0,2}\d){6,14}(?![\d\p{L}])/u;

/**
 * Finds telephone numbers in a line: those with a country code, those that are valid and set out like a number in
 * Russia or North America, and others behind a word such as "Tel". A bare row of digits is none: it may be any number.
 */
export function findPhones(text: string): Span[] {
  if (countDigits(text) < leastDigits) return [];
  const international = findPhoneNumbersInText(text).map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt }));
  const national = countries.flatMap((country) =>
    findPhoneNumbersInText(text, country)
      .map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt }))
      .filter(({ start, end }) => isSetOut(text.slice(start, end))),
  );
  const spans: Span[] = [];
  for (const span of [...international, ...national, ...announcedNumbers(text)]) {
    if (spans.every(({ start, end }) => span.end <= start || span.start >= end)) spans.push(span);
  }
  return spans;
}

/**
 * Whether ten digits with the area code, or eleven, are set out as telephone numbers are, in at least three groups or
 * with the area code in brackets. Dates, sums and the numbers of papers are not.
 */
function isSetOut(number: string): boolean {
  const [digits = ''] = number.split(/[^\d ()/-]/);
  return setOut.test(digits.trim()) && (digits.includes('(') || digits.trim().split(/[ /-]+/).length >= 3);
}

function* announcedNumbers(text: string): Generator<Span> {
  for (const { index, 0: words } of text.matchAll(announced)) {
    const start = index + words.length;
    const [number] = digitGroups.exec(text.slice(start)) ?? [];
    if (number === undefined) continue;
    const digits = countDigits(number);
    if (digits >= leastDigits && digits <= mostDigits) yield { start, end: start + number.length };
  }
}

function countDigits(text: string): number {
  return text.match(/\d/g)?.length ?? 0;
}
