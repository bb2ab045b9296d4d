import { describe, expect, it } from 'vitest';
import { textOf, type RecognizedWord } from '../line/recognized-line.js';
import { latinHomoglyph, unifyScripts } from './homoglyphs.js';

function unified(...lines: string[]): string[] {
  const wordOf = (text: string): RecognizedWord => ({ text, left: 0, right: 1, top: 0, bottom: 1 });
  return unifyScripts(lines.map((line) => ({ words: line.split(' ').map(wordOf), confidence: 1 }))).map(textOf);
}

/** Cyrillic letters of a text by their code points, so that homoglyphs show. */
function cyrillicLetters(text: string | undefined): number {
  return text?.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
}

describe('unifyScripts', () => {
  it.each([
    ['a Latin word with Cyrillic letters', 'Cоmраny', 'Company'],
    ['a Cyrillic word with Latin letters', 'Cчёт', 'Счёт'],
    ['each part of a word', 'USВ-кaбель', 'USB-кабель'],
  ])('corrects %s', (_name, read, meant) => {
    expect(unified(read)).toEqual([meant]);
  });

  it('writes a word of homoglyphs alone in the script of the line', () => {
    expect(unified('CCCP и мир')).toEqual(['СССР и мир']);
    expect(unified('СОТ is left')).toEqual(['COT is left']);
  });

  it('goes by the page if the line has nothing but homoglyphs', () => {
    expect(cyrillicLetters(unified('Приходная накладная', 'TOBAP')[1])).toBe(5);
    expect(cyrillicLetters(unified('Tea and sandwiches', 'ТЕА')[1])).toBe(0);
  });

  it('takes the script of most letters if nothing else decides', () => {
    expect(cyrillicLetters(unified('СОC')[0])).toBe(3);
    expect(cyrillicLetters(unified('СOC')[0])).toBe(0);
  });

  it('corrects a number sign in Cyrillic, and digits after digits', () => {
    expect(unified('Шасси Ne 12', 'Регистрационный знак')).toEqual(['Шасси № 12', 'Регистрационный знак']);
    expect(unified('Чек Nº92162, заказ №º 5433, знак Nº')).toEqual(['Чек №92162, заказ № 5433, знак №']);
    expect(unified('Salida Nº 4')).toEqual(['Salida Nº 4']);
    expect(unified('Ne pas ouvrir')).toEqual(['Ne pas ouvrir']);
    expect(unified('Invoice 471l of 200O kg')).toEqual(['Invoice 4711 of 2000 kg']);
    expect(unified('10l of milk, 250ml, 100Im')).toEqual(['10l of milk, 250ml, 100Im']);
  });

  it('writes codes among Cyrillic text in Latin letters, but threads and grades of steel', () => {
    const [line = ''] = unified('Датчик давления НВ2 и МН.5614/SH2 по 316L');
    expect(line.split(' ').map(cyrillicLetters)).toEqual([6, 8, 0, 1, 0, 2, 0]);
    expect(unified('Клапан M20x1,5 из стали 12X18H10T')).toEqual(['Клапан М20х1,5 из стали 12Х18Н10Т']);
    expect(unified('Series A and NPT 1/4')).toEqual(['Series A and NPT 1/4']);
  });

  it('goes by the nearest word in a line of both scripts, and by most of the page then', () => {
    const [line = ''] = unified('OOO «Флюид-Лайн», дистрибьютор Hy-Lok HY-LOK CORPORATION');
    expect(line.split(' ').map(cyrillicLetters)).toEqual([3, 9, 12, 0, 0, 0]);
    const page = 'Кран шаровой Датчик давления Редуктор газовый Buna-N Sealing';
    expect(unified(page, 'MM')[1]).toBe('ММ');
  });

  it('writes codes, paths and options in Latin letters, and plates and specifications in Cyrillic ones', () => {
    expect(unified('К1/4" и НВ2, ТУ3208-ЭПР, MH.5614-ЭПР')).toEqual(['K1/4" и HB2, ТУ3208-ЭПР, MH.5614-ЭПР']);
    expect(cyrillicLetters(unified('автомобиль A123BC77')[0])).toBe(13);
    expect(unified('файл /еtс/хосе и ключ -с')).toEqual(['файл /etc/xoce и ключ -c']);
  });

  it('does not take a J alone for the Serbian letter', () => {
    expect(unified('команды j и J')).toEqual(['команды j и J']);
  });

  it('does not go by Roman numerals, and keeps Latin words with an S among Cyrillic ones', () => {
    expect(cyrillicLetters(unified('V ВЕК')[0])).toBe(3);
    expect(unified('сервер SIP')).toEqual(['сервер SIP']);
  });

  it('leaves Roman numerals, and words that really mix scripts', () => {
    expect(unified('Глава XIX')).toEqual(['Глава XIX']);
    expect(unified('Яndex')).toEqual(['Яndex']);
  });
});

it('maps a Cyrillic letter to the Latin one that looks the same', () => {
  expect(Array.from('МТЖ1', latinHomoglyph).join('')).toBe('MTЖ1');
});
