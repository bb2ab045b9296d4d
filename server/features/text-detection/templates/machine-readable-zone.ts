import { parse, type ParseResult } from 'mrz';
import { lineText, type DocumentLine } from './document.js';
import { asLatin } from './values.js';

/** A machine-readable zone (ICAO Doc 9303) as it was read. */
export interface MachineReadableZone {
  readonly documentCode: string;
  /** Of the holder, or who issued it: of both the one that there is, as far as the library knows. */
  readonly state: string;
  readonly lastName: string;
  readonly firstNames: string;
  /** Only what its check digits confirm: undefined otherwise. Dates are `YYMMDD`. */
  readonly documentNumber: string | undefined;
  readonly birthDate: string | undefined;
  readonly expirationDate: string | undefined;
  /** Undefined where the zone as a whole is not confirmed either. */
  readonly personalNumber: string | undefined;
  readonly sex: 'male' | 'female' | undefined;
  readonly lines: readonly DocumentLine[];
}

interface ZoneLine {
  readonly text: string;
  readonly line: DocumentLine;
}

/** Lines of the three sizes of a zone: how many, and how long. */
const formats = [
  { lines: 2, length: 44 },
  { lines: 3, length: 30 },
  { lines: 2, length: 36 },
] as const;
/** Fillers that are left out or doubled in reading, at most. */
const mayMiss = 12;
const shortest = 22;
/** The second line of a passport that Russia issues to its citizens for use within the country. */
const russianInternal = /^(\d{9})(\d)RUS(\d{6})(\d)([MF])<+(\d)(\d{6})(\d{6})<*(\d)(\d)$/;

/** Finds the zone of a document. @returns undefined where there is none, or none whose number or birth date its check digits confirm */
export function findMachineReadableZone(lines: readonly DocumentLine[]): MachineReadableZone | undefined {
  const candidates = lines
    .map((line) => ({ text: zoneText(lineText(line)), line }))
    .filter(({ text }) => text.length >= shortest && isZone(text));
  candidates.sort((a, b) => top(a.line) - top(b.line));
  for (const format of formats) {
    for (let first = 0; first + format.lines <= candidates.length; first++) {
      const zone = candidates.slice(first, first + format.lines);
      if (zone.some(({ text }) => text.length < format.length - mayMiss)) continue;
      const read = readZone(zone, format.length);
      if (read !== undefined) return read;
    }
  }
  return undefined;
}

function top({ words }: DocumentLine): number {
  return Math.min(...words.map(({ upright }) => upright.top));
}

/** Capitals, digits and fillers, with what is usually read for them. */
function zoneText(text: string): string {
  return asLatin(
    text
      .replaceAll('«', '<<')
      .replaceAll(/[‹＜〈(‚{]/g, '<')
      .replaceAll(/\s/g, ''),
  );
}

function isZone(text: string): boolean {
  const known = text.match(/[A-Z0-9<]/g)?.length ?? 0;
  return known >= 0.9 * text.length && (text.includes('<<') || /\d[A-Z]{3}\d{6}\d[MF<]/.test(text));
}

function readZone(zone: readonly ZoneLine[], length: number): MachineReadableZone | undefined {
  const texts = zone.map(({ text }) => fitted(text, length));
  let result: ParseResult;
  try {
    result = parse(texts, { autocorrect: true });
  } catch {
    // The library throws where the lines are of no format that it knows.
    return undefined;
  }
  const confirmed = (field: string): string | undefined => {
    const digit = result.details.find((detail) => detail.field === `${field}CheckDigit`);
    const detail = result.details.find((other) => other.field === field);
    return digit?.valid === true && detail?.valid === true ? (detail.value ?? undefined) : undefined;
  };
  const valid = (field: string): string | undefined =>
    result.details.find((detail) => detail.field === field && detail.valid)?.value ?? undefined;
  const plain = (field: string): string => result.details.find((detail) => detail.field === field)?.value ?? '';
  const [documentNumber, birthDate] = [confirmed('documentNumber'), confirmed('birthDate')];
  if (documentNumber === undefined && birthDate === undefined) return undefined;
  const sex = plain('sex').toLowerCase();
  return {
    documentCode: plain('documentCode'),
    state:
      valid('nationality') ??
      valid('issuingState') ??
      (texts[0] ?? '').slice(2, 5).replaceAll('<', '').replaceAll('0', 'O'),
    lastName: plain('lastName'),
    firstNames: plain('firstName'),
    documentNumber,
    birthDate,
    expirationDate: confirmed('expirationDate'),
    personalNumber: confirmed('personalNumber'),
    sex: sex === 'male' || sex === 'female' ? sex : undefined,
    lines: zone.map(({ line }) => line),
  };
}

/** A line as long as it should be: readers drop and double fillers, where there is nothing to tell them apart. */
function fitted(text: string, length: number): string {
  const internal = text.match(russianInternal);
  if (internal !== null && length === 44) {
    const [, number, check, birth, birthCheck, sex, series, issue, subdivision, personalCheck, allCheck] = internal;
    return `${number}${check}RUS${birth}${birthCheck}${sex}<<<<<<<${series}${issue}${subdivision}<${personalCheck}${allCheck}`;
  }
  if (text.length > length && text.endsWith('<')) return fitted(text.slice(0, -1), length);
  const longest = (text.match(/<+/g) ?? []).toSorted((a, b) => b.length - a.length)[0];
  if (text.length === length || longest === undefined) return text;
  const at = text.lastIndexOf(longest);
  const fillers = Math.max(1, longest.length + length - text.length);
  return text.slice(0, at) + '<'.repeat(fillers) + text.slice(at + longest.length);
}
