import { describe, expect, it } from 'vitest';
import { planReading } from './reading-plan.js';
import type { TesseractDataFinder } from './tesseract-data.js';

function finderOf(...installed: string[]): TesseractDataFinder {
  return {
    ownFolder: '/data/tessdata',
    find: async (name) => (installed.includes(name) ? { name, path: `/${name}` } : undefined),
  };
}

async function plan(codes: string[], ...installed: string[]) {
  const { ctc, tesseract, english } = await planReading(codes, finderOf(...installed));
  return [ctc, [...tesseract].map(({ name }) => name), [...english].map(({ name }) => name)];
}

describe('planReading', () => {
  it.each([
    [['en'], 'latin', [], ['eng']],
    [['zh'], 'chinese', [], []],
    [['ru'], 'none', ['rus'], []],
    [['ru', 'en'], 'latin', ['rus'], ['eng']],
    [['en', 'ru'], 'latin', ['rus'], ['eng']],
    [['*'], 'detect-chinese', ['rus'], ['eng']],
    [['*', 'de'], 'detect-chinese', ['deu', 'rus'], ['eng']],
    [['de', 'en'], 'none', ['deu'], ['eng']],
    [['ar', 'en'], 'latin', ['ara'], ['eng']],
    [['ru', 'ru'], 'none', ['rus'], []],
  ])('%j is read by %s and %j', async (codes, ctc, tesseract, english) => {
    expect(await plan(codes, 'eng', 'rus', 'deu', 'ara')).toEqual([ctc, tesseract, english]);
  });

  it.each([
    [['en'], false, ['rus', 'eng'], ['ru']],
    [['ru'], true, ['rus', 'eng'], ['en']],
    [['en', 'ru'], false, [], []],
    [['de'], false, ['rus'], ['ru']],
    [['ar'], true, ['rus'], ['en', 'ru']],
    [['zh'], true, ['rus'], ['en', 'ru']],
    [['ar', 'de'], false, ['rus'], ['ru']],
    [['*'], false, [], []],
  ])('knows English and Russian beside %j', async (codes, english, tesseract, implied) => {
    const { implied: planned } = await planReading(codes, finderOf('eng', 'rus', 'deu', 'ara'));
    expect([planned.english, planned.tesseract.map(({ name }) => name), planned.languages.map(({ code }) => code)]).toEqual([
      english,
      tesseract,
      implied,
    ]);
  });

  it('implies no Russian where it has no data', async () => {
    expect((await planReading(['en'], finderOf('eng'))).implied.tesseract).toEqual([]);
  });

  it('leaves Russian out of * where it has no data', async () => {
    expect(await plan(['*'], 'eng')).toEqual(['detect-chinese', [], ['eng']]);
  });

  it.each([
    [[], 'LANGUAGE_COUNT'],
    [Array(9).fill('en'), 'LANGUAGE_COUNT'],
    [['en', 'xx'], 'LANGUAGE_UNKNOWN'],
    [['EN'], 'LANGUAGE_UNKNOWN'],
    [[''], 'LANGUAGE_UNKNOWN'],
    [['uk'], 'LANGUAGE_NOT_INSTALLED'],
    [['*', 'uk'], 'LANGUAGE_NOT_INSTALLED'],
  ])('refuses %j as %s', async (codes, reason) => {
    await expect(plan(codes, 'eng', 'rus')).rejects.toMatchObject({ reason });
  });

  it('names the file and the folder that a missing language needs', async () => {
    await expect(plan(['uk'])).rejects.toThrow('put ukr.traineddata into /data/tessdata');
  });
});
