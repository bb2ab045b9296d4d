import { describe, expect, it } from 'vitest';
import { english } from './english.js';
import { createFormat } from './format.js';
import { localeFor } from './locale.js';
import { explain } from './problems.js';
import { russian } from './russian.js';

describe('localeFor', () => {
  it.each([
    [['ru-RU', 'en'], 'ru'],
    [['en-GB', 'ru'], 'en'],
    [['de', 'ru', 'en'], 'ru'],
    [['de', 'ja'], 'en'],
    [[], 'en'],
  ])('%j is %s', (wanted, code) => {
    expect(localeFor(wanted)).toBe(code);
  });
});

describe('createFormat', () => {
  const [en, ru] = [createFormat('en'), createFormat('ru')];

  it('never shows as certain what is not', () => {
    expect([0, 0.004, 0.934, 0.9999, 1].map(en.percent)).toEqual(['0%', '0%', '93%', '99%', '100%']);
    expect(ru.percent(0.5)).toBe('50\u00a0%');
  });

  it('writes numbers, times and sizes as the language does', () => {
    expect([en.count(1234567), ru.count(1234567)]).toEqual(['1,234,567', '1\u00a0234\u00a0567']);
    expect([en.seconds(1240), ru.seconds(1240)]).toEqual(['1.2s', '1,2 с']);
    expect([0, 999, 1500, 512_000_000].map(en.bytes)).toEqual(['0 byte', '999 byte', '1.5 kB', '512 MB']);
  });
});

describe('the languages of the page', () => {
  it('count as their grammar does', () => {
    expect([1, 2, 5, 21].map(russian.words)).toEqual(['1 слово', '2 слова', '5 слов', '21 слово']);
    expect([1, 2].map(english.words)).toEqual(['1 word', '2 words']);
  });

  it('leave nothing untranslated', () => {
    const texts = (messages: object): readonly string[] =>
      Object.values(messages).flatMap((value) =>
        typeof value === 'string' ? [value] : typeof value === 'object' ? texts(value) : [],
      );
    const same = texts(russian).filter((text) => texts(english).includes(text));
    expect(same).toEqual([]);
    for (const text of texts(russian).filter((each) => each !== 'ru')) expect(text).toMatch(/[а-яё]/i);
  });
});

describe('explain', () => {
  const problem = { reason: '', message: '', retrySeconds: undefined, requestId: '' };

  it('says what to do, in the language of the person', () => {
    const locked = { ...problem, reason: 'PDF_ENCRYPTED', message: "Can't read PDF: it is encrypted" };
    expect(explain(locked, 'en')).toBe('The PDF is protected by a password. Save it without one and try again.');
    expect(explain(locked, 'ru')).toMatch(/^PDF защищён паролем/);
  });

  it('says when to try again', () => {
    expect(explain({ ...problem, reason: 'OVERLOADED', retrySeconds: 3 }, 'en')).toBe(
      'The server is busy. Try again in 3 s.',
    );
    expect(explain({ ...problem, reason: 'OVERLOADED', retrySeconds: 3 }, 'ru')).toBe(
      'Сервер занят. Повторите через 3 с.',
    );
  });

  it('has the words of the server where it has none of its own', () => {
    expect(explain({ ...problem, reason: 'NEW', message: 'Something new' }, 'ru')).toBe('Something new.');
    expect(explain(problem, 'en')).toBe('The server reported an error.');
  });
});
