import { parse, type ParseResult } from 'mrz';
import { lineText, type DocumentLine } from './document.js';
import { asLatin } from './values.js';

/** A machine-readable zone (ICAO Doc 9303). */
export interface MachineReadableZone {
  readonly documentCode: string;
  /** Nationality of the holder, or else the issuing state. */
  readonly state: string;
  readonly lastName: string;
  readonly firstNames: string;
  /** This and the dates, `YYMMDD`, are undefined if their check digits are wrong. */
  readonly documentNumber: string | undefined;
  readonly birthDate: string | undefined;
  readonly expirationDate: string | undefined;
  /** Undefined if its check digit is wrong. */
  readonly personalNumber: string | undefined;
  readonly sex: 'male' | 'female' | undefined;
  readonly lines: readonly DocumentLine[];
}

interface ZoneLine {
  readonly text: string;
  readonly line: DocumentLine;
}

/** The three sizes of a zone: lines, and characters per line. */
const formats = [
  { lines: 2, length: 44 },
  { lines: 3, length: 30 },
  { lines: 2, length: 36 },
] as const;
/** Maximum number of characters that a line lacks: OCR drops fillers. This and the next were chosen by hand. */
const maxMissing = 12;
const minLength = 22;
/** The second line of a passport that Russia issues to its citizens for use within the country. */
const russianInternal = /^(\d{9})(\d)RUS(\d{6})(\d)([MF])<+(\d)(\d{6})(\d{6})<*(\d)(\d)$/;

/** Finds the zone of a document. Undefined if check digits confirm neither its number nor its birth date. */
export function findMachineReadableZone(lines: readonly DocumentLine[]): MachineReadableZone | undefined {
  const candidates = lines
    .map((line) => ({ text: zoneText(lineText(line)), line }))
    .filter(({ text }) => text.length >= minLength && isZone(text));
  candidates.sort((a, b) => top(a.line) - top(b.line));
  for (const format of formats) {
    for (let first = 0; first + format.lines <= candidates.length; first++) {
      const zone = candidates.slice(first, first + format.lines);
      if (zone.some(({ text }) => text.length < format.length - maxMissing)) continue;
      const read = readZone(zone, format.length);
      if (read !== undefined) return read;
    }
  }
  return undefined;
}

function top({ words }: DocumentLine): number {
  return Math.min(...words.map(({ upright }) => upright.top));
}

/** The text in capitals, digits and fillers, with the usual misreadings corrected. */
function zoneText(text: string): string {
  return asLatin(
    text
      .replaceAll('«', '<<')
      .replaceAll(/[‹＜〈(‚{]/g, '<')
      .replaceAll(/\s/g, ''),
  );
}

function isZone(text: string): boolean {
  const zoneCharacters = text.match(/[A-Z0-9<]/g)?.length ?? 0;
  return zoneCharacters >= 0.9 * text.length && (text.includes('<<') || /\d[A-Z]{3}\d{6}\d[MF<]/.test(text));
}

function readZone(zone: readonly ZoneLine[], length: number): MachineReadableZone | undefined {
  const texts = zone.map(({ text }) => withFillers(text, length));
  let result: ParseResult;
  try {
    result = parse(texts, { autocorrect: true });
  } catch {
    // The library throws if the lines have no format that it supports.
    return undefined;
  }
  const detailOf = (field: string): ParseResult['details'][number] | undefined =>
    result.details.find((detail) => detail.field === field);
  const plain = (field: string): string => detailOf(field)?.value ?? '';
  const valid = (field: string): string | undefined => {
    const detail = detailOf(field);
    return detail?.valid === true ? (detail.value ?? undefined) : undefined;
  };
  const confirmed = (field: string): string | undefined =>
    detailOf(`${field}CheckDigit`)?.valid === true ? valid(field) : undefined;
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

/** A line at its full length: OCR drops and doubles fillers, because nothing separates them. */
function withFillers(text: string, length: number): string {
  const internal = text.match(russianInternal);
  if (internal !== null && length === 44) {
    const [, number, check, birth, birthCheck, sex, series, issue, subdivision, personalCheck, allCheck] = internal;
    return `${number}${check}RUS${birth}${birthCheck}${sex}<<<<<<<${series}${issue}${subdivision}<${personalCheck}${allCheck}`;
  }
  if (text.length > length && text.endsWith('<')) return withFillers(text.slice(0, -1), length);
  const longestRun = (text.match(/<+/g) ?? []).toSorted((a, b) => b.length - a.length)[0];
  if (text.length === length || longestRun === undefined) return text;
  const start = text.lastIndexOf(longestRun);
  const fillers = Math.max(1, longestRun.length + length - text.length);
  return text.slice(0, start) + '<'.repeat(fillers) + text.slice(start + longestRun.length);
}
