import { editDistance } from '../../../strings/edit-distance.js';
import { fieldOf, findPattern, type DocumentLine, type Field, type Passage } from './document.js';
import { LabeledForm } from './labels.js';
import { readPlate } from './license-plates.js';
import { asLatin, nameOf, transliterated } from './values.js';

const frontLabels = {
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
const backLabels = {
  owner: ['Собственник владелец', 'Собственник', 'Владелец'],
  region: ['Республика край область', 'Субъект'],
  district: ['Район'],
  town: ['Нас. пункт', 'Населенный пункт'],
  street: ['Улица'],
  house: ['Дом'],
  notes: ['Особые отметки'],
};
/** Surname, first name and patronymic, on newer forms each with a row in Latin below. */
const ownerRows = 6;
/** Share of the letters of a Latin row that may be misread. Chosen by hand. */
const maxMisreadShare = 0.5;
/** A series of two pairs of digits, or of digits and letters, and six digits. */
const certificateNumber = /(?<!\d)(\d{2}) ?(\d{2}|[А-ЯA-Z]{2}) ?[№NnН#]{0,2} ?(\d{6})(?!\d)/u;
/** A vehicle identification number, which has no I, O and Q (ISO 3779). */
const vinPattern = /(?<![A-Z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])/;

/** The front of a Russian vehicle registration certificate. */
export function readVehicleRegistrationFront(lines: readonly DocumentLine[]): Field[] {
  const form = new LabeledForm(lines, frontLabels);
  const vin = findVin(lines);
  const brand = form.value('brand');
  const [maker, ...model] = brand?.text.replace(/^[\s:,.-]+/, '').split(' ') ?? [];
  const year = form.value('year');
  const labeled = (name: string, label: string): Field[] => {
    const value = form.value(label);
    const text = value?.text.replace(/^[\s:№.,-]+/, '') ?? '';
    // The letters of numbers are Latin.
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

/** Its back, with the owner. */
export function readVehicleRegistrationBack(lines: readonly DocumentLine[]): Field[] {
  const owner = new LabeledForm(lines, backLabels).value('owner', ownerRows);
  return [
    ...fieldOf('stsback_car_owner', owner && withoutLatinRows(owner.words.map(({ text }) => text)), owner),
    ...certificateField('stsback_sts_number', lines),
  ];
}

/** Drops the Latin rows, which repeat the Cyrillic ones above and may be misread as Cyrillic. */
function withoutLatinRows(words: readonly string[]): string {
  const repeats = (word: string, at: number): boolean => {
    const before = words[at - 1];
    return before !== undefined && editDistance(asLatin(word), transliterated(before)) <= maxMisreadShare * word.length;
  };
  return words.filter((word, at) => !repeats(word, at)).join(' ');
}

function certificateField(name: string, lines: readonly DocumentLine[]): Field[] {
  const number = findPattern(lines, certificateNumber);
  return fieldOf(name, number?.match.slice(1, 4).join(''), number?.passage);
}

function findVin(lines: readonly DocumentLine[]): Passage | undefined {
  for (const { words, confidence } of lines) {
    for (const word of words) {
      const text = asLatin(word.text)
        .replaceAll('O', '0')
        .replaceAll('I', '1')
        .replaceAll('Q', '0')
        .match(vinPattern)?.[0];
      // Seventeen letters without digits are a word.
      if (text !== undefined && (text.match(/\d/g)?.length ?? 0) >= 4) return { text, words: [word], confidence };
    }
  }
  return undefined;
}
