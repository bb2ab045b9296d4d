import { editDistance } from '../../../strings/edit-distance.js';
import { letterPairs } from '../read/homoglyphs.js';
import {
  fieldOf,
  findDates,
  findPattern,
  lineText,
  passageOf,
  type DocumentLine,
  type Field,
  type FoundDate,
} from './document.js';
import { LabeledForm } from './labels.js';
import { findMachineReadableZone, type MachineReadableZone } from './machine-readable-zone.js';
import { asDigits, firstDate, nameOf } from './values.js';

const labels = {
  issuedBy: ['Паспорт выдан', 'Кем выдан'],
  issueDate: ['Дата выдачи'],
  subdivision: ['Код подразделения'],
  surname: ['Фамилия'],
  name: ['Имя'],
  middleName: ['Отчество'],
  gender: ['Пол'],
  birthDate: ['Дата рождения'],
  birthPlace: ['Место рождения'],
  country: ['Российская Федерация'],
  signature: ['Личная подпись', 'Личный код'],
};
/** Maximum rows of an authority or a place. */
const longValue = 3;
const nameFields: ReadonlySet<string> = new Set(['surname', 'name', 'middle_name']);
/** A printed name and that of the zone are the same if this share of the letters differs. Chosen by hand. */
const maxDifferentShare = 0.4;
/** Age at which Russia issues the first passport, in years. */
const passportAge = 14;

/**
 * The transliteration of names in the zone of a Russian internal passport (order of the Ministry of Internal Affairs). It
 * is one to one and can be reversed. It has no 0, 1 and 5, which are misread letters.
 */
const internalLetters = letterPairs('AАBБVВGГDДEЕ2ЁJЖZЗIИQЙKКLЛMМNНOОPПRРSСTТUУFФHХCЦ3Ч4ШWЩXЪYЫ9Ь6Э7Ю8Я0О1И5С');

/** The last digit of the series, the issue date and the subdivision, in place of a personal number. */
const internalData = /^(\d)(\d{6})(\d{3})(\d{3})/;

/** The fields of a passport's machine-readable zone, and the printed fields of a Russian one. */
export function readPassport(lines: readonly DocumentLine[]): Field[] {
  const zone = findMachineReadableZone(lines);
  const printed = printedFields(lines.filter((line) => !zone?.lines.includes(line)));
  if (zone === undefined) return printed;
  const confirmed = zoneFields(zone).map((field) => {
    const asPrinted = printed.find(({ name }) => name === field.name);
    const isSameName = asPrinted !== undefined && nameFields.has(field.name) && isSimilar(asPrinted.text, field.text);
    return isSameName ? asPrinted : field;
  });
  return [...confirmed, ...printed.filter(({ name }) => !confirmed.some((field) => field.name === name))];
}

/** Whether two names are the same, so that the printed one counts: it has all letters, and no check digit confirms names. */
function isSimilar(printed: string, inZone: string): boolean {
  return editDistance(printed, inZone) <= maxDifferentShare * printed.length;
}

function zoneFields(zone: MachineReadableZone): Field[] {
  const zonePassage = {
    text: '',
    words: zone.lines.flatMap(({ words }) => words),
    confidence: Math.min(...zone.lines.map(({ confidence }) => confidence)),
  };
  const field = (name: string, text: string | undefined): Field[] => fieldOf(name, text, zonePassage);
  const isInternal =
    zone.state === 'RUS' && (zone.documentCode === 'PN' || internalData.test(zone.personalNumber ?? ''));
  const inLetters = (text: string): string =>
    isInternal
      ? Array.from(text)
          .map((letter) => internalLetters.get(letter) ?? letter)
          .join('')
      : text;
  // Text after several fillers is misread fillers.
  const [name, ...middle] = inLetters(zone.firstNames.replace(/ {2}.*/, '')).split(' ');
  const issue = isInternal ? zone.personalNumber?.match(internalData) : undefined;
  const issueYear = issue === undefined || issue === null ? undefined : yearInPast(issue[2]!);
  const number = isInternal
    ? zone.documentNumber && issue && `${zone.documentNumber.slice(0, 3)}${issue[1]}${zone.documentNumber.slice(3)}`
    : zone.documentNumber;
  return [
    ...field('surname', inLetters(zone.lastName)),
    ...field('name', name),
    ...field('middle_name', isInternal ? middle.join(' ') : undefined),
    ...field('gender', zone.sex && { male: 'муж', female: 'жен' }[zone.sex]),
    ...field('citizenship', zone.state),
    ...field('birth_date', zone.birthDate && formatDate(zone.birthDate, birthYear(zone.birthDate, issueYear))),
    ...field('number', number ?? undefined),
    ...field('issue_date', issue?.[2] && formatDate(issue[2], yearInPast(issue[2]))),
    ...field('subdivision', issue ? `${issue[3]}-${issue[4]}` : undefined),
    ...field(
      'expiration_date',
      zone.expirationDate && formatDate(zone.expirationDate, 2000 + Number(zone.expirationDate.slice(0, 2))),
    ),
  ];
}

function yearInPast(date: string): number {
  const year = 2000 + Number(date.slice(0, 2));
  return year > new Date().getFullYear() ? year - 100 : year;
}

/** The year of birth, whose century is not in the zone: at least 14 years before the issue. */
function birthYear(date: string, issueYear: number | undefined): number {
  const year = yearInPast(date);
  return issueYear !== undefined && year + passportAge > issueYear ? year - 100 : year;
}

function formatDate(date: string, year: number): string | undefined {
  return /^\d{6}$/.test(date) ? `${date.slice(4, 6)}.${date.slice(2, 4)}.${year}` : undefined;
}

function printedFields(lines: readonly DocumentLine[]): Field[] {
  const form = new LabeledForm(lines, labels);
  const dates = findDates(lines);
  const name = (field: string, label: string): Field[] =>
    fieldOf(field, nameOf(form.value(label)?.text), form.value(label));
  const dated = (field: string, label: string, otherwise: FoundDate | undefined): Field[] => {
    const value = form.value(label);
    const date = firstDate(value?.text);
    return date === undefined ? fieldOf(field, otherwise?.date, otherwise?.passage) : fieldOf(field, date, value);
  };
  const gender = findPattern(lines, /(?<!\p{L})(муж|жен)(?!\p{L})/iu);
  const subdivision = findPattern(lines, /(?<!\d)(\d{3})\s?[-–—]\s?(\d{3})(?!\d)/u);
  const both = dates.length >= 2;
  return [
    ...name('surname', 'surname'),
    ...name('name', 'name'),
    ...name('middle_name', 'middleName'),
    ...fieldOf('gender', gender?.match[1], gender?.passage),
    ...fieldOf('citizenship', 'rus', form.label('country')),
    ...dated('birth_date', 'birthDate', both ? dates[0] : undefined),
    ...fieldOf('birth_place', form.value('birthPlace', longValue)?.text, form.value('birthPlace', longValue)),
    ...numberField(lines),
    ...fieldOf('issued_by', form.value('issuedBy', longValue)?.text, form.value('issuedBy', longValue)),
    ...dated('issue_date', 'issueDate', both ? dates.at(-1) : undefined),
    ...fieldOf('subdivision', subdivision && `${subdivision.match[1]}-${subdivision.match[2]}`, subdivision?.passage),
  ];
}

/** Series and number, printed twice down the right edge: two pairs of digits and six digits. */
function numberField(lines: readonly DocumentLine[]): Field[] {
  const numberLine = lines.find((line) => /^\D?\d{2} ?\d{2} ?[№N]? ?\d{6}\D?$/.test(asDigits(lineText(line))));
  return numberLine === undefined
    ? []
    : fieldOf('number', asDigits(lineText(numberLine)).replaceAll(/\D/g, ''), passageOf(numberLine));
}
