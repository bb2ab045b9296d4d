import type { DrawnText } from './draw-text.js';
import { secondLine, zone } from './passport-zone.js';

/** A drawn document with what a reader should find in it. The people and vehicles are made up. */
export interface DrawnDocument {
  readonly model: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly width: number;
  readonly height: number;
  readonly texts: readonly DrawnText[];
}

function at(text: string, x: number, y: number, size = 24): DrawnText {
  return { text, x, y, size };
}

interface Holder {
  readonly surname: string;
  readonly name: string;
  readonly middleName: string;
  readonly gender: string;
  readonly birthDate: string;
  readonly birthPlace: readonly string[];
  readonly number: string;
  readonly issuedBy: readonly string[];
  readonly issueDate: string;
  readonly subdivision: string;
}

function russianPassport(holder: Holder, zoneLines: readonly string[]): DrawnText[] {
  const label = (text: string, x: number, y: number): DrawnText => at(text, x, y, 17);
  const number = `${holder.number.slice(0, 2)} ${holder.number.slice(2, 4)} ${holder.number.slice(4)}`;
  return [
    at('РОССИЙСКАЯ ФЕДЕРАЦИЯ', 270, 70, 28),
    label('Паспорт выдан', 60, 140),
    ...holder.issuedBy.map((text, row) => at(text, row === 0 ? 240 : 120, 140 + row * 50)),
    label('Дата выдачи', 60, 300),
    at(holder.issueDate, 200, 300),
    label('Код подразделения', 430, 300),
    at(holder.subdivision, 630, 300),
    label('Личный код', 60, 380),
    label('Личная подпись', 430, 380),
    label('Фамилия', 330, 660),
    at(holder.surname, 480, 660),
    label('Имя', 330, 750),
    at(holder.name, 480, 750),
    label('Отчество', 330, 800),
    at(holder.middleName, 480, 800),
    label('Пол', 330, 850),
    at(holder.gender, 390, 850),
    label('Дата рождения', 510, 850),
    at(holder.birthDate, 660, 850),
    label('Место рождения', 330, 900),
    ...holder.birthPlace.map((text, row) => at(text, 500, 900 + row * 45)),
    ...[200, 800].map((y) => ({ text: number, x: 860, y, size: 26, angle: 90 })),
    ...zone(zoneLines, 60, 1130, 28),
  ];
}

const smirnova: Holder = {
  surname: 'СМИРНОВА',
  name: 'АННА',
  middleName: 'ПЕТРОВНА',
  gender: 'ЖЕН.',
  birthDate: '05.11.1990',
  birthPlace: ['ГОР. ВОЛОГДА', 'ВОЛОГОДСКОЙ ОБЛ.'],
  number: '4513678901',
  issuedBy: ['ОТДЕЛОМ УФМС РОССИИ', 'ПО ГОР. МОСКВЕ', 'ПО РАЙОНУ ХАМОВНИКИ'],
  issueDate: '12.08.2013',
  subdivision: '770-001',
};
const chukov: Holder = {
  surname: 'ЧУКОВ',
  name: 'ИЛЬЯ',
  middleName: 'ЮРЬЕВИЧ',
  gender: 'МУЖ.',
  birthDate: '28.02.2003',
  birthPlace: ['ГОР. КАЗАНЬ'],
  number: '9217045678',
  issuedBy: ['МВД ПО РЕСПУБЛИКЕ ТАТАРСТАН'],
  issueDate: '10.03.2017',
  subdivision: '160-004',
};

function printedFields(holder: Holder): Record<string, string> {
  const { surname, name, middleName, gender, birthDate, birthPlace, number, issuedBy, issueDate, subdivision } = holder;
  const lower = (text: string): string => text.toLowerCase();
  return {
    surname: lower(surname),
    name: lower(name),
    middle_name: lower(middleName),
    gender: lower(gender).replace('.', ''),
    citizenship: 'rus',
    birth_date: birthDate,
    birth_place: lower(birthPlace.join(' ')),
    number,
    issued_by: lower(issuedBy.join(' ')),
    issue_date: issueDate,
    subdivision,
  };
}

function document(
  model: string,
  name: string,
  width: number,
  height: number,
  fields: Record<string, string>,
  texts: readonly DrawnText[],
): DrawnDocument {
  return { model, name, fields, width, height, texts };
}

/** Documents of every template. */
export const drawnDocuments: readonly DrawnDocument[] = [
  document(
    'passport',
    'Russian, with a zone',
    920,
    1240,
    printedFields(smirnova),
    russianPassport(smirnova, [
      'PNRUSSMIRNOVA<<ANNA<PETROVNA',
      secondLine('451678901', 'RUS', '901105', 'F', '<<<<<<', '3130812770001'),
    ]),
  ),
  document(
    'passport',
    'Russian, of someone who was born after 2000',
    920,
    1240,
    printedFields(chukov),
    russianPassport(chukov, [
      'PNRUS3UKOV<<IL98<7R9EVI3',
      secondLine('921045678', 'RUS', '030228', 'M', '<<<<<<', '7170310160004'),
    ]),
  ),
  document('passport', 'Russian, without a zone', 920, 1100, printedFields(smirnova), russianPassport(smirnova, [])),
  document(
    'passport',
    'of another country',
    900,
    640,
    {
      surname: 'eriksson',
      name: 'anna',
      gender: 'жен',
      citizenship: 'uto',
      birth_date: '12.08.1974',
      number: 'l898902c3',
      expiration_date: '15.04.2032',
    },
    [
      at('PASSPORT', 60, 60, 30),
      at('Surname', 360, 130, 16),
      at('ERIKSSON', 360, 165),
      at('Given names', 360, 215, 16),
      at('ANNA MARIA', 360, 250),
      ...zone(
        ['P<UTOERIKSSON<<ANNA<MARIA', secondLine('L898902C3', 'UTO', '740812', 'F', '320415', 'ZE184226B')],
        50,
        530,
        28,
      ),
    ],
  ),
  document(
    'driver-license-front',
    'Russian',
    1000,
    640,
    {
      surname: 'смирнова',
      name: 'анна',
      middle_name: 'петровна',
      number: '7712345678',
      birth_date: '05.11.1990',
      issue_date: '12.08.2013',
      expiration_date: '12.08.2023',
    },
    [
      at('ВОДИТЕЛЬСКОЕ УДОСТОВЕРЕНИЕ', 300, 60, 30),
      at('1. СМИРНОВА', 360, 140),
      at('SMIRNOVA', 395, 175, 20),
      at('2. АННА ПЕТРОВНА', 360, 225),
      at('ANNA PETROVNA', 395, 260, 20),
      at('3. 05.11.1990', 360, 310),
      at('ВОЛОГОДСКАЯ ОБЛ.', 395, 345, 20),
      at('4a) 12.08.2013', 360, 395),
      at('4b) 12.08.2023', 680, 395),
      at('4c) ГИБДД 7701', 360, 440),
      at('5. 77 12 345678', 360, 490),
      at('8. МОСКВА', 360, 540),
      at('9. B', 360, 590),
    ],
  ),
  document(
    'driver-license-back',
    'Russian',
    1000,
    640,
    {
      experience_from: '2005',
      number: '7712345678',
      issue_date: '12.08.2013',
      expiration_date: '12.08.2023',
      prev_number: '77ок123456',
    },
    [
      ...['9.', '10.', '11.', '12.'].map((text, column) => at(text, [80, 250, 480, 720][column]!, 80, 20)),
      ...['B', 'B1', 'M'].flatMap((category, row) => [
        at(category, 80, 140 + row * 60),
        at('12.08.2013', 220, 140 + row * 60),
        at('12.08.2023', 450, 140 + row * 60),
      ]),
      at('14. Стаж с 2005 г.', 80, 400),
      at('Взамен 77 ОК 123456', 80, 450),
      at('77 12 345678', 650, 590, 28),
    ],
  ),
  document(
    'vehicle-registration-front',
    'Russian',
    820,
    1100,
    {
      stsfront_car_number: 'a123bc777',
      stsfront_vin_number: 'xta219170k0123456',
      stsfront_car_brand: 'лада',
      stsfront_car_model: 'гранта',
      stsfront_car_year: '2019',
      stsfront_car_chassis_number: 'отсутствует',
      stsfront_car_trailer_number: 'xta219170k0123456',
      stsfront_car_color: 'серый',
      stsfront_sts_number: '9912345678',
    },
    [
      at('СВИДЕТЕЛЬСТВО О РЕГИСТРАЦИИ ТС', 110, 70, 28),
      ...[
        ['Регистрационный знак', 'А123ВС777'],
        ['Идентификационный номер (VIN)', 'XTA219170K0123456'],
        ['Марка, модель ТС', 'ЛАДА ГРАНТА'],
        ['Тип ТС', 'ЛЕГКОВОЙ'],
        ['Категория ТС (ABCD, прицеп)', 'B'],
        ['Год выпуска ТС', '2019'],
        ['Шасси №', 'ОТСУТСТВУЕТ'],
        ['Кузов №', 'XTA219170K0123456'],
        ['Цвет', 'СЕРЫЙ'],
        ['Мощность двигателя, кВт/л.с.', '64/87'],
        ['Экологический класс', 'ПЯТЫЙ'],
        ['Разрешенная max масса, кг', '1560'],
      ].flatMap(([label = '', value = ''], row) => [at(label, 60, 150 + row * 62, 17), at(value, 400, 150 + row * 62)]),
      at('99 12 № 345678', 260, 1000, 32),
    ],
  ),
  document(
    'vehicle-registration-back',
    'Russian',
    820,
    900,
    {
      stsback_car_owner: 'смирнова анна петровна',
      stsback_sts_number: '9912345678',
    },
    [
      at('Собственник (владелец)', 60, 90, 17),
      ...['СМИРНОВА', 'SMIRNOVA', 'АННА', 'ANNA', 'ПЕТРОВНА'].map((text, row) => at(text, 110, 135 + row * 42)),
      at('Республика, край, область', 60, 390, 17),
      at('МОСКВА', 400, 390),
      at('Район', 60, 440, 17),
      at('Улица', 60, 490, 17),
      at('ПОЛЕВАЯ', 400, 490),
      at('Дом', 60, 540, 17),
      at('12', 130, 540),
      at('99 12 № 345678', 260, 800, 32),
    ],
  ),
];
