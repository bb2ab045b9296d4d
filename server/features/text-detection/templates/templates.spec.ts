import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentLine } from './document.js';
import { LabeledForm } from './labels.js';
import { findPlates, readPlate } from './license-plates.js';
import { findMachineReadableZone } from './machine-readable-zone.js';
import { templates } from './templates.js';
import { firstDate, transliterated } from './values.js';

/** Words of ten pixels a character, with a space of one. */
function line(text: string, left = 0, top = 0, height = 20): DocumentLine {
  let x = left;
  const words = text.split(' ').map((word) => {
    const bounds = { left: x, top, right: x + 10 * word.length, bottom: top + height };
    x = bounds.right + 10;
    return { text: word, bounds, upright: bounds };
  });
  return { words, confidence: 0.9, isLevel: true };
}

function lines(...texts: string[]): DocumentLine[] {
  return texts.map((text, row) => line(text, 0, row * 40));
}

describe('findMachineReadableZone', () => {
  const [first, second] = [
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
  ];

  it.each([
    ['as it is', first, second],
    ['with fillers that were dropped', first.slice(0, -8), second.replace('<<<<<', '<<')],
    ['with fillers that were doubled', `${first}<<<`, second],
    ['with spaces, small letters and quotes', first.replace('<<ANNA', ' «ANNA').toLowerCase(), second],
    ['with Cyrillic homoglyphs', first.replace('ANNA', 'АNNА'), second],
    ['with a zero for a letter', first, second.replace('UTO', 'UT0')],
  ])('reads a passport %s', (_name, one, two) => {
    expect(findMachineReadableZone(lines('PASSPORT', one, two))).toMatchObject({
      documentCode: 'P',
      state: 'UTO',
      lastName: 'ERIKSSON',
      firstNames: 'ANNA MARIA',
      documentNumber: 'L898902C3',
      birthDate: '740812',
      expirationDate: '120415',
      sex: 'female',
    });
  });

  it('reads an identity card', () => {
    expect(
      findMachineReadableZone(
        lines('I<UTOD231458907<<<<<<<<<<<<<<<', '7408122F1204159UTO<<<<<<<<<<<6', 'ERIKSSON<<ANNA<MARIA<<<<<<<<<<'),
      ),
    ).toMatchObject({
      documentNumber: 'D23145890',
      birthDate: '740812',
    });
  });

  it('leaves out what no check digit confirms', () => {
    const zone = findMachineReadableZone(lines(first, second.replace('L898902C36', 'L898902C35')));
    expect(zone).toMatchObject({ documentNumber: undefined, birthDate: '740812' });
    expect(findMachineReadableZone(lines(first, second.replace('36UTO7408122', '35UTO7408123')))).toBeUndefined();
  });

  it('finds none in other lines', () => {
    expect(
      findMachineReadableZone(lines('Паспорт выдан', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ<<ABCDEFGHIJKLMNOPQ', '1234567890')),
    ).toBeUndefined();
  });
});

describe('readPlate', () => {
  it.each([
    ['А123ВС777', 'A123BC777'],
    ['C999ET 14', 'C999ET14'],
    ['к 456 мн 99 RUS', 'K456MH99'],
    ['О0О0ОО77', 'O000OO77'],
    ['AA 1234 BC', 'AA1234BC'],
    ['1234 AB-7', '1234AB7'],
    ['123 ABC 02', '123ABC02'],
  ])('%s', (text, plate) => {
    expect(readPlate(text)).toBe(plate);
  });

  it.each(['', 'Сегодня', '12345678', 'ABCDEFGH', 'Z123ZZ77', '+7 495 123 45 67'])('is none: %s', (text) => {
    expect(readPlate(text)).toBeUndefined();
  });

  it('joins a region in a separate line, and no other line', () => {
    const plates = findPlates([
      line('А123ВС', 0, 0, 60),
      line('77', 70, 10, 30),
      line('К456МН99', 0, 200, 60),
      line('77', 700, 400, 30),
    ]);
    expect(plates.map(({ text }) => text)).toEqual(['A123BC77', 'K456MH99']);
  });
});

describe('LabeledForm', () => {
  const labels = { name: ['Имя'], place: ['Место рождения'], code: ['Код подразделения'] };
  const form = new LabeledForm(
    [
      line('Имя АННА', 0, 0),
      line('Мecто poждения ГОР. ОМСК', 0, 40),
      line('РОССИЯ', 200, 80),
      line('Код', 0, 160),
      line('770-001', 0, 200),
      line('чужое', 0, 400),
    ],
    { ...labels, code: ['Код'] },
  );

  it('reads the value beside a label, up to the next label', () => {
    expect(form.value('name')?.text).toBe('АННА');
    expect(form.value('place')?.text).toBe('ГОР. ОМСК');
    expect(form.value('place', 3)?.text).toBe('ГОР. ОМСК РОССИЯ');
  });

  it('reads the value below if nothing is beside the label', () => {
    expect(form.value('code')?.text).toBe('770-001');
  });

  it('finds no value of a missing label', () => {
    expect(new LabeledForm([line('Иван Имярек')], labels).value('name')).toBeUndefined();
  });
});

describe('templates', () => {
  it('read any text', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('Фамилия', '12.08.2013', '99', '1.', 'P<UTO', '<<', '678901', 'Стаж', 'А123ВС'),
    );
    const drawn = fc.record({
      texts: fc.array(word, { minLength: 1, maxLength: 5 }),
      left: fc.integer({ min: 0, max: 500 }),
      top: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 12 }), fc.constantFrom(...templates.values()), (all, template) => {
        const fields = template.read(all.map(({ texts, left, top }) => line(texts.join(' '), left, top)));
        expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
        for (const { text, bounds } of fields) {
          expect(text).not.toBe('');
          expect(bounds.right).toBeGreaterThanOrEqual(bounds.left);
        }
      }),
    );
  });
});

describe('values', () => {
  it('finds dates that exist', () => {
    expect(firstDate('выдан 31.02.2013, 12. 08.2013')).toBe('12.08.2013');
    expect(firstDate('12.08.13')).toBeUndefined();
  });

  it('transliterates names', () => {
    expect(['Щукина', 'ЮРЬЕВИЧ', 'Объедков'].map(transliterated)).toEqual(['SHCHUKINA', 'IUREVICH', 'OBIEEDKOV']);
  });
});
