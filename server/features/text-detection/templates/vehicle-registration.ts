import { editDistance } from '../../../strings/edit-distance.js';
import { fieldOf, findPattern, type DocumentLine, type Field, type Passage } from './document.js';
import { LabeledForm } from './labels.js';
import { readPlate } from './license-plates.js';
import { asLatin, nameOf, transliterated } from './values.js';

const front = {
  carNumber: ['Регистрационный знак'],
  vin: ['Идентификационный номер VIN', 'Идентификационный номер'],
  brand: ['Марка модель ТС', 'Марка модель'],
  type: ['Тип ТС'],
  category: ['Категория ТС ABCD прицеп', 'Категория ТС'],
  year: ['Год выпуска ТС', 'Год выпуска'],
  engine: ['Модель № двигателя', 'Двигатель №'],
  chassis: ['Шасси рама №', 'Шасси №'],
  body: ['Кузов кабина прицеп №', 'Кузов №'],
  color: ['Цвет'],
  power: ['Мощность двигателя кВт л.с.', 'Мощность двигателя'],
  class: ['Экологический класс'],
  passport: ['Паспорт ТС серия', 'Паспорт ТС'],
  mass: ['Разрешенная max масса кг', 'Технически допустимая max масса'],
  empty: ['Масса без нагрузки кг', 'Масса в снаряженном состоянии'],
};
const back = {
  owner: ['Собственник владелец', 'Собственник', 'Владелец'],
  region: ['Республика край область', 'Субъект'],
  district: ['Район'],
  town: ['Нас. пункт', 'Населенный пункт'],
  street: ['Улица'],
  house: ['Дом'],
  notes: ['Особые отметки'],
};
/** Surname, first name and patronymic are below each other, the Latin ones between them on newer forms. */
const ownerRows = 6;
/** Part of the letters of a Latin row that may be misread. */
const mayDiffer = 0.5;
/** Series of two pairs of digits, or digits and letters, and six digits. */
const certificate = /(?<!\d)(\d{2}) ?(\d{2}|[А-ЯA-Z]{2}) ?[№NnН#]{0,2} ?(\d{6})(?!\d)/u;
/** No I, O or Q (ISO 3779). */
const vinPattern = /(?<![A-Z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])/;

/** The front of a Russian certificate of registration of a vehicle. */
export function readVehicleRegistrationFront(lines: readonly DocumentLine[]): Field[] {
  const form = new LabeledForm(lines, front);
  const vin = findVin(lines);
  const brand = form.value('brand');
  const [maker, ...model] = brand?.text.replace(/^[\s:,.-]+/, '').split(' ') ?? [];
  const year = form.value('year');
  const labeled = (name: string, label: string): Field[] => {
    const value = form.value(label);
    const text = value?.text.replace(/^[\s:№.,-]+/, '') ?? '';
    // Numbers have Latin letters only.
    return fieldOf(name, /\d/.test(text) ? asLatin(text) : text, value);
  };
  const plate = form.value('carNumber');
  return [
    ...fieldOf('stsfront_car_number', plate && readPlate(plate.text), plate),
    ...fieldOf('stsfront_vin_number', vin?.text, vin),
    ...fieldOf('stsfront_car_brand', maker, brand),
    ...fieldOf('stsfront_car_model', model.join(' '), brand),
    ...fieldOf('stsfront_car_year', year?.text.match(/(?:19|20)\d{2}/)?.[0], year),
    ...labeled('stsfront_car_chassis_number', 'chassis'),
    ...labeled('stsfront_car_trailer_number', 'body'),
    ...fieldOf('stsfront_car_color', nameOf(form.value('color')?.text), form.value('color')),
    ...certificateField('stsfront_sts_number', lines),
  ];
}

/** Its back: whose vehicle it is. */
export function readVehicleRegistrationBack(lines: readonly DocumentLine[]): Field[] {
  const owner = new LabeledForm(lines, back).value('owner', ownerRows);
  return [
    ...fieldOf('stsback_car_owner', owner && withoutLatinRows(owner.words.map(({ text }) => text)), owner),
    ...certificateField('stsback_sts_number', lines),
  ];
}

/** The Latin rows repeat the Cyrillic ones before them, and may be misread as Cyrillic. */
function withoutLatinRows(words: readonly string[]): string {
  const repeats = (word: string, at: number): boolean => {
    const before = words[at - 1];
    return before !== undefined && editDistance(asLatin(word), transliterated(before)) <= mayDiffer * word.length;
  };
  return words.filter((word, at) => !repeats(word, at)).join(' ');
}

function certificateField(name: string, lines: readonly DocumentLine[]): Field[] {
  const found = findPattern(lines, certificate);
  return fieldOf(name, found?.match.slice(1, 4).join(''), found?.passage);
}

function findVin(lines: readonly DocumentLine[]): Passage | undefined {
  for (const { words, confidence } of lines) {
    for (const word of words) {
      const text = asLatin(word.text)
        .replaceAll('O', '0')
        .replaceAll('I', '1')
        .replaceAll('Q', '0')
        .match(vinPattern)?.[0];
      // A word of seventeen letters is not a number.
      if (text !== undefined && (text.match(/\d/g)?.length ?? 0) >= 4) return { text, words: [word], confidence };
    }
  }
  return undefined;
}
