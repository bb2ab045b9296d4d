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
  const { requested, detected, tesseract, english } = await planReading(codes, finderOf(...installed));
  return [requested, detected, [...tesseract].map(({ name }) => name), [...english].map(({ name }) => name)];
}

describe('planReading', () => {
  it.each([
    [['en'], [], [], [], []],
    [['ru', 'uk', 'vi'], [], [], [], []],
    [['zh'], ['chinese'], [], [], []],
    [['*'], [], ['chinese'], [], []],
    [['*', 'zh'], ['chinese'], [], [], []],
    [['*', 'de'], [], ['chinese'], [], []],
    [['ja'], [], [], ['jpn'], ['eng']],
    [['ar', 'en'], [], [], ['ara'], ['eng']],
    [['*', 'ar', 'ja'], [], ['chinese'], ['ara', 'jpn'], ['eng']],
  ])('%j: requested %j, detected %j, Tesseract reads %j', async (codes, requested, detected, tesseract, english) => {
    expect(await plan(codes, 'eng', 'jpn', 'ara')).toEqual([requested, detected, tesseract, english]);
  });

  it.each([
    [['en'], ['ru']],
    [['ru'], ['en']],
    [['en', 'ru'], []],
    [['zh'], ['en', 'ru']],
    [['*'], []],
  ])('implies English and Russian beside %j', async (codes, implied) => {
    expect((await planReading(codes, finderOf())).implied.map(({ code }) => code)).toEqual(implied);
  });

  it.each([
    [[], 'LANGUAGE_COUNT'],
    [Array(9).fill('en'), 'LANGUAGE_COUNT'],
    [['en', 'xx'], 'LANGUAGE_UNKNOWN'],
    [['EN'], 'LANGUAGE_UNKNOWN'],
    [[''], 'LANGUAGE_UNKNOWN'],
    [['ar'], 'LANGUAGE_NOT_INSTALLED'],
    [['*', 'ja'], 'LANGUAGE_NOT_INSTALLED'],
  ])('refuses %j as %s', async (codes, reason) => {
    await expect(plan(codes, 'eng', 'rus')).rejects.toMatchObject({ reason });
  });

  it('names the file and the folder of a missing language, but not where that folder is', async () => {
    const error: unknown = await plan(['el']).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('copy ell.traineddata to the folder tessdata of its data folder');
    expect(JSON.stringify(error)).not.toContain('/data');
  });
});
