import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markEntities } from './mark-entities.js';

function lineOf(text: string) {
  const words = text.split(' ').filter((word) => word !== '');
  const width = text.length;
  let at = 0;
  return {
    confidence: 0.9,
    words: words.map((word) => {
      const left = at / width;
      at += word.length + 1;
      return { text: word, left, right: (at - 1) / width, top: 0, bottom: 1 };
    }),
  };
}

function marked(text: string): [string, string | undefined][] {
  return markEntities(lineOf(text)).map((word) => [word.text, word.entity]);
}

describe('markEntities', () => {
  it('joins a number of several words, and the comma after it', () => {
    expect(marked('Звоните +7 (495) 984-4100, +7 (495) 517-0261 днём')).toEqual([
      ['Звоните', undefined],
      ['+7 (495) 984-4100,', 'phone'],
      ['+7 (495) 517-0261', 'phone'],
      ['днём', undefined],
    ]);
  });

  it('separates an entity from characters without a space between', () => {
    expect(marked('Tel:03-55423228 (a@b.com)x')).toEqual([
      ['Tel:', undefined],
      ['03-55423228', 'phone'],
      ['(', undefined],
      ['a@b.com', 'email'],
      [')x', undefined],
    ]);
  });

  it('places the parts by their characters', () => {
    const [label, number] = markEntities(lineOf('Tel:03-55423228'));
    expect([label?.left, label?.right, number?.left, number?.right]).toEqual([0, 4 / 15, 4 / 15, 1]);
  });

  it('keeps every character', () => {
    const anyWord = fc.constantFrom(
      '+7',
      '(495)',
      '984-4100,',
      'mail@b.ru',
      'www.b.ru/x',
      'Tel:03-55423228',
      'и',
      '2026',
      '«a@b.com»',
    );
    fc.assert(
      fc.property(fc.array(anyWord, { maxLength: 12 }), (words) => {
        const text = markEntities(lineOf(words.join(' ')))
          .map((word) => word.text)
          .join('');
        expect(text.replaceAll(' ', '')).toBe(words.join(''));
      }),
    );
  });
});
