import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findEntities } from './find-entities.js';

function found(text: string): string[] {
  return findEntities(text).map(({ name, start, end }) => `${name} ${text.slice(start, end)}`);
}

describe('findEntities', () => {
  it.each([
    ['Звоните +7 (495) 984-4100, +7 (495) 517-0261', ['phone +7 (495) 984-4100', 'phone +7 (495) 517-0261']],
    ['тел. 8 (812) 123-45-67 доб. 5', ['phone 8 (812) 123-45-67 доб. 5']],
    ['8 800 555-35-35', ['phone 8 800 555-35-35']],
    ['8-916-123-45-67', ['phone 8-916-123-45-67']],
    ['Tel: +603-3362 4137', ['phone +603-3362 4137']],
    ['Tel:03-55423228 Fax:03-55423213', ['phone 03-55423228', 'phone 03-55423213']],
    ['Te1 No. 03-6092-1968', ['phone 03-6092-1968']],
    ['Tel/Fax : 603-7877 9712', ['phone 603-7877 9712']],
    ['Brown/(614) 466-8980', ['phone (614) 466-8980']],
    ['202/828-2259 and 202/828-2241', ['phone 202/828-2259', 'phone 202/828-2241']],
    ['Телефон: 123-45-67', ['phone 123-45-67']],
    ['Mail an mail@fluid-line.ru, bitte', ['email mail@fluid-line.ru']],
    ['Email:a.b+c@mail.example.co.uk.', ['email a.b+c@mail.example.co.uk']],
    ['почта@пример.рф', ['email почта@пример.рф']],
    ['http://www.fluid-line.ru, далее', ['url http://www.fluid-line.ru']],
    ['//www.fluid-line.ru,', ['url //www.fluid-line.ru']],
    ['See https://example.org/a?b=1#c.', ['url https://example.org/a?b=1#c']],
    ['WWW.TESCO.COM.MY', ['url WWW.TESCO.COM.MY']],
    ['visit example.com/docs or пример.рф', ['url example.com/docs', 'url пример.рф']],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it.each([
    '24.11.2026 12:30:00',
    '2026-11-24 18:36',
    '25/12/2018 1:05:06 PM',
    'Итого 18 450 000 рублей 00 копеек',
    'Total 1,284.50 1,284.50 12.00',
    'DE89 3704 0044 0532 0130 00',
    'GB29 NWBK 6016 1331 9268 19',
    '4111 1111 1111 1111',
    'Invoice number 4711-2026-000123',
    'Slip No. : 9070058756',
    'GST ID: 000849813504',
    'ИНН 7707083893 КПП 773601001',
    'Счет 40702810900000012345 БИК 044525225',
    'Договор № 123-45/67-89 от 2026',
    '1. 2012-0029',
    'Columbus, Ohio 43215-3428',
    'Паспорт 45 08 123456',
    'т.е. и т.д. см. рис.1.2',
    'the U.S. and e.g. this.Then',
    'main.py and index.ts',
    'price@9.90',
    'Email: someone @gm all.com',
    'TELEPHONE (206) 623-72g2',
    '2018.Please pay',
  ])('finds nothing in %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('returns spans in order and without overlaps for any text', () => {
    const part = fc.constantFrom(
      '+7 (495) 984-4100',
      'a@b.com',
      'www.b.com',
      'Tel',
      ' ',
      ':',
      '1',
      '(',
      '-',
      'ё',
      '.',
      '@',
      '/',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        let at = 0;
        for (const { start, end } of findEntities(text)) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          at = end;
        }
      }),
    );
  });
});
