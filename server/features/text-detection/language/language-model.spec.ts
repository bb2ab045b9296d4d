import { describe, expect, it } from 'vitest';
import { languageModelFile } from '../../../../test/language-model-file.js';
import { modelFiles, readModel } from '../../../inference/model-files.js';
import { CharacterLanguageModel, wordEnd } from './language-model.js';

/** Unit in which the file has the natural logarithms of probabilities. */
const unit = 1 / 16;

describe('CharacterLanguageModel', () => {
  const model = new CharacterLanguageModel(
    languageModelFile({
      ' ': { probability: 0.2, weight: 0.5 },
      a: { probability: 0.6, weight: 0.25 },
      b: { probability: 0.2, weight: 1 },
      ' a': { probability: 0.9, weight: 0.5 },
      ab: { probability: 0.4, weight: 1 },
    }),
  );

  it.each([
    ['the n-gram itself', ' ', 'a', 0.9 / 0.6],
    ['a history that was seen, without the letter', ' ', 'b', (0.5 * 0.2) / 0.2],
    ['a longer history that was seen', ' a', 'b', (0.5 * 0.4) / 0.2],
    ['a history that was not seen', 'bba', 'b', 0.4 / 0.2],
    ['the end of a word', ' a', wordEnd, (0.5 * 0.25 * 0.2) / 0.2],
  ])('computes the gain of a letter by %s', (_name, history, letter, ratio) => {
    expect(Math.abs(model.gain(history, letter) - Math.log(ratio))).toBeLessThanOrEqual(2 * unit);
  });

  it('has no gain for letters that it does not have', () => {
    expect(model.gain(' a', 'щ')).toBe(0);
  });

  it('refuses a file of another length', () => {
    expect(() => new CharacterLanguageModel(new Uint8Array([2, 0, 0, 0, 1, 2]))).toThrow(
      'A language model of 2 n-grams has 16 bytes, this file has 6.',
    );
    expect(() => new CharacterLanguageModel(new Uint8Array())).toThrow(RangeError);
  });

  it.each([
    ['прив', 'е', 'с'],
    ['докумен', 'т', 'г'],
    ['руб', wordEnd, 'ъ'],
    ['invoic', 'e', 'c'],
    ['straß', 'e', 'o'],
    ['привет', wordEnd, 'щ'],
  ])('that this server uses predicts the letter after %s', async (start, likely, unlikely) => {
    const served = new CharacterLanguageModel(await readModel(modelFiles.letterModel));
    expect(served.gain(wordEnd + start, likely)).toBeGreaterThan(served.gain(wordEnd + start, unlikely) + 1);
  });
});
