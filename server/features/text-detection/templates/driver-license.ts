import {
  fieldOf,
  findDates,
  findPattern,
  lineText,
  passageOf,
  type DocumentLine,
  type Field,
  type FoundDate,
  type Passage,
} from './document.js';
import { asDigits, nameOf } from './values.js';

/** Series and number: two pairs of digits, or of a digit and letters on older ones, and six digits. */
const numberPattern = /(?<!\d)(\d{2}) ?(\d{2}|[А-ЯA-Z]{2}) ?[№N]? ?(\d{6})(?!\d)/u;

/**
 * The front of a driver's license, whose fields are numbered as in the Vienna Convention: 1 surname, 2 names, 3 date and
 * place of birth, 4a issue date, 4b expiration date, 5 number. Cyrillic is above Latin.
 */
export function readDriverLicenseFront(lines: readonly DocumentLine[]): Field[] {
  const [birth, issue, expiration] = threeDates(lines);
  const names = numberedField(lines, '2');
  const words = nameOf(names?.text)?.split(' ') ?? [];
  const surname = numberedField(lines, '1');
  return [
    ...fieldOf('surname', nameOf(surname?.text), surname),
    ...fieldOf('name', words[0], names),
    ...fieldOf('middle_name', words.slice(1).join(' '), names),
    ...fieldOf('birth_date', birth?.date, birth?.passage),
    ...fieldOf('issue_date', issue?.date, issue?.passage),
    ...fieldOf('expiration_date', expiration?.date, expiration?.passage),
    ...numberField(lines),
  ];
}

/** The back: the start of the driving experience and the replaced license (14), and the dates of its categories. */
export function readDriverLicenseBack(lines: readonly DocumentLine[]): Field[] {
  const experience = findPattern(lines, /стаж\D{0,12}((?:19|20)\d{2})/iu);
  const previous = findPattern(
    lines,
    /(?:взамен|прежн\p{L}*|пред\p{L}*|ранее|выдано в\/у)\D{0,20}?(\d{2} ?(?:\d{2}|[А-ЯA-Z]{2}) ?\d{6})/iu,
  );
  const dates = findDates(lines);
  const [issue, expiration] = dates.length < 2 ? [] : [dates[0], dates.at(-1)];
  const others = lines.filter((line) => !previous?.passage.words.some((word) => line.words.includes(word)));
  return [
    ...fieldOf('experience_from', experience?.match[1], experience?.passage),
    ...numberField(others),
    ...fieldOf('issue_date', issue?.date, issue?.passage),
    ...fieldOf('expiration_date', expiration?.date === issue?.date ? undefined : expiration?.date, expiration?.passage),
    ...fieldOf('prev_number', previous?.match[1]?.replaceAll(' ', ''), previous?.passage),
  ];
}

function numberField(lines: readonly DocumentLine[]): Field[] {
  const numbered = findPattern(lines, new RegExp(`(?:^|\\s)5[.,)]? ?${numberPattern.source}`, 'u'));
  const number = numbered ?? findPattern(lines, numberPattern);
  return fieldOf('number', number?.match.slice(1, 4).join(''), number?.passage);
}

/** Dates of birth, issue and expiration: by their order if there are three, otherwise by the numbers of their fields. */
function threeDates(lines: readonly DocumentLine[]): Array<FoundDate | undefined> {
  const dates = findDates(lines);
  if (dates.length >= 3) return [dates[0], dates[1], dates.at(-1)];
  const after = (label: RegExp): FoundDate | undefined =>
    dates.find(({ passage }) =>
      lines.some((line) => line.words.includes(passage.words[0]!) && label.test(asDigits(lineText(line)))),
    );
  return [after(/^\D?3[.,)]? ?\d/), after(/4 ?[aа]/i), after(/4 ?[bв6б]/i)];
}

/** The text after the number of a field, on its line or on the line to the right of it. */
function numberedField(lines: readonly DocumentLine[], number: string): Passage | undefined {
  const start = new RegExp(`^${number}(?:[.,)]|$)`);
  for (const line of lines) {
    const [first, ...rest] = line.words;
    if (first === undefined || !start.test(asDigits(first.text))) continue;
    // "1.ИВАНОВ" may be one word.
    const remainder = first.text.replace(/^\S?[.,)]/, '');
    if (remainder !== '' && nameOf(remainder) !== undefined) {
      return { ...passageOf(line), text: [remainder, ...rest.map(({ text }) => text)].join(' ') };
    }
    if (rest.length > 0) return { ...passageOf(line), text: rest.map(({ text }) => text).join(' '), words: rest };
    const { top, bottom, right } = first.upright;
    const beside = lines
      .filter(
        ({ words: [word] }) =>
          word !== undefined &&
          word.upright.left >= right &&
          (word.upright.top + word.upright.bottom) / 2 > top &&
          (word.upright.top + word.upright.bottom) / 2 < bottom,
      )
      .toSorted((a, b) => a.words[0]!.upright.left - b.words[0]!.upright.left)[0];
    if (beside !== undefined) return passageOf(beside);
  }
  return undefined;
}
