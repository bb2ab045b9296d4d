import { describe, expect, it } from 'vitest';
import { textOf, type RecognizedWord } from '../line/recognized-line.js';
import { latinTwin, settleTwins } from './letter-twins.js';

function settled(...lines: string[]): string[] {
  const wordOf = (text: string): RecognizedWord => ({ text, left: 0, right: 1, top: 0, bottom: 1 });
  return settleTwins(lines.map((line) => ({ words: line.split(' ').map(wordOf), confidence: 1 }))).map(textOf);
}

/** Cyrillic letters of a text by their code points, so that twins show. */
function cyrillicLetters(text: string | undefined): number {
  return text?.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
}

describe('settleTwins', () => {
  it.each([
    ['a Latin word with Cyrillic letters', 'Cоmраny', 'Company'],
    ['a Cyrillic word with Latin letters', 'Cчёт', 'Счёт'],
    ['each part of a word', 'USВ-кaбель', 'USB-кабель'],
  ])('mends %s', (_name, read, meant) => {
    expect(settled(read)).toEqual([meant]);
  });

  it('writes a word of twins alone as the line is written', () => {
    expect(settled('CCCP и мир')).toEqual(['СССР и мир']);
    expect(settled('СОТ is left')).toEqual(['COT is left']);
  });

  it('goes by the page where the line has nothing but twins', () => {
    expect(cyrillicLetters(settled('Приходная накладная', 'TOBAP')[1])).toBe(5);
    expect(cyrillicLetters(settled('Tea and sandwiches', 'ТЕА')[1])).toBe(0);
  });

  it('takes what most letters are where nothing else tells', () => {
    expect(cyrillicLetters(settled('СОC')[0])).toBe(3);
    expect(cyrillicLetters(settled('СOC')[0])).toBe(0);
  });

  it('knows a number sign in Cyrillic, and digits among digits', () => {
    expect(settled('Шасси Ne 12', 'Регистрационный знак')).toEqual(['Шасси № 12', 'Регистрационный знак']);
    expect(settled('Чек Nº92162, заказ №º 5433, знак Nº')).toEqual(['Чек №92162, заказ № 5433, знак №']);
    expect(settled('Salida Nº 4')).toEqual(['Salida Nº 4']);
    expect(settled('Ne pas ouvrir')).toEqual(['Ne pas ouvrir']);
    expect(settled('Invoice 471l of 200O kg')).toEqual(['Invoice 4711 of 2000 kg']);
    expect(settled('10l of milk, 250ml, 100Im')).toEqual(['10l of milk, 250ml, 100Im']);
  });

  it('tells nothing by numbers in Roman letters, and keeps Latin words with an S among Cyrillic ones', () => {
    expect(cyrillicLetters(settled('V ВЕК')[0])).toBe(3);
    expect(settled('сервер SIP')).toEqual(['сервер SIP']);
  });

  it('leaves numbers in Roman letters, and words that truly mix scripts', () => {
    expect(settled('Глава XIX')).toEqual(['Глава XIX']);
    expect(settled('Яndex')).toEqual(['Яndex']);
  });
});

it('knows the Latin letter that looks like a Cyrillic one', () => {
  expect(Array.from('МТЖ1', latinTwin).join('')).toBe('MTЖ1');
});
