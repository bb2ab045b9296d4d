import { describe, expect, it } from 'vitest';
import { languages, type Language } from './languages.js';
import { createWordLanguage } from './word-language.js';

function named(codes: readonly string[]): Language[] {
  return codes.map((code) => languages.get(code)!);
}

/** Languages of the words of the last line. */
function codesOf(codes: string[], ...lines: string[]): (string | undefined)[] {
  const languageOf = createWordLanguage(named(codes), [], lines);
  const line = lines.at(-1)!;
  return line.split(' ').map((word) => languageOf(word, line));
}

describe('the language of a word', () => {
  it.each([
    ['its script', ['en', 'ru'], 'Установите Windows сегодня', ['ru', 'en', 'ru']],
    ['its script', ['zh', 'en'], '你好 World', ['zh', 'en']],
    ['its script among those of a single language', ['ar', 'he', 'en'], 'שלום hello', ['he', 'en']],
    ['kana', ['zh', 'ja'], 'ひらがな', ['ja']],
    ['the script of its line if it has no letters', ['en', 'ru'], 'Итого 450', ['ru', 'ru']],
    ['its letters', ['en', 'de'], 'Straße', ['de']],
    ['its letters', ['ru', 'uk'], 'їжак', ['uk']],
    ['its letters', ['ru', 'sr'], 'њихов', ['sr']],
    ['its letters', ['uk', 'sr'], 'џеп ђак', ['sr', 'sr']],
    ['letters of the spelling before 1918', ['uk', 'ru'], 'здѣсь', ['ru']],
    ['letters of its line', ['ru', 'uk'], 'Київ столиця', ['uk', 'uk']],
    ['letters that only one language has', ['bg', 'ru'], 'Мы были там', ['ru', 'ru', 'ru']],
    ['trigrams of its line', ['en', 'de'], 'Bitte zahlen Sie den Betrag innerhalb der Frist', Array(8).fill('de')],
    ['trigrams of its line', ['de', 'en'], 'Please pay the whole amount within fourteen days', Array(8).fill('en')],
    ['the order of the request if nothing else decides', ['de', 'en'], 'Hand', ['de']],
    ['the order of the request if nothing else decides', ['en', 'de'], 'Hand', ['en']],
    ['the first language for a script of no language in the request', ['en'], 'привет', ['en']],
  ])('is decided by %s (%j: %s)', (_by, codes, line, expected) => {
    expect(codesOf(codes, line)).toEqual(expected);
  });

  it('is decided by the other lines of the page if its own is short', () => {
    expect(codesOf(['en', 'de'], 'Bitte zahlen Sie den Betrag innerhalb der Frist', 'Hand')).toEqual(['de']);
    expect(codesOf(['de', 'en'], 'Please pay the whole amount within fourteen days', 'Hand')).toEqual(['en']);
  });

  it('is an implied one for a script of no language in the request', () => {
    const languageOf = createWordLanguage(named(['uk']), named(['en', 'ru']), []);
    expect(['Windows', 'їжак', 'ёж'].map((word) => languageOf(word, word))).toEqual(['en', 'uk', 'uk']);
  });

  it('is not decided by trigrams if one language has none', () => {
    expect(codesOf(['mt', 'en'], 'The red house stands on the other side of the river')[1]).toBe('mt');
  });

  it.each([...languages.keys()])('is %s if the request names only that', (code) => {
    expect(codesOf([code], '12')).toEqual([code]);
  });
});
