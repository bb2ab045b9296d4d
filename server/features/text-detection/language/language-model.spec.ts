import { describe, expect, it } from 'vitest';
import { letterModelFile } from '../../../../test/letter-model-file.js';
import { modelFiles, readModel } from '../../../inference/model-files.js';
import { LetterModel, wordEnd } from './language-model.js';

/** Parts of the natural logarithm that probabilities are kept in. */
const unit = 1 / 16;

describe('LetterModel', () => {
  const model = new LetterModel(
    letterModelFile({
      ' ': { probability: 0.2, weight: 0.5 },
      a: { probability: 0.6, weight: 0.25 },
      b: { probability: 0.2, weight: 1 },
      ' a': { probability: 0.9, weight: 0.5 },
      ab: { probability: 0.4, weight: 1 },
    }),
  );

  it.each([
    ['the gram itself', ' ', 'a', 0.9 / 0.6],
    ['a history that was seen, without the letter', ' ', 'b', (0.5 * 0.2) / 0.2],
    ['a longer history that was seen', ' a', 'b', (0.5 * 0.4) / 0.2],
    ['a history that was not seen', 'bba', 'b', 0.4 / 0.2],
    ['the end of a word', ' a', wordEnd, (0.5 * 0.25 * 0.2) / 0.2],
  ])('knows what a letter gains by %s', (_name, history, letter, ratio) => {
    expect(Math.abs(model.gain(history, letter) - Math.log(ratio))).toBeLessThanOrEqual(2 * unit);
  });

  it('says nothing of letters that it does not know', () => {
    expect(model.gain(' a', 'щ')).toBe(0);
  });

  it('refuses a file of another length', () => {
    expect(() => new LetterModel(new Uint8Array([2, 0, 0, 0, 1, 2]))).toThrow(
      'A letter model of 2 grams has 16 bytes, and this file has 6.',
    );
    expect(() => new LetterModel(new Uint8Array())).toThrow(RangeError);
  });

  it.each([
    ['прив', 'е', 'с'],
    ['докумен', 'т', 'г'],
    ['руб', wordEnd, 'ъ'],
    ['invoic', 'e', 'c'],
    ['straß', 'e', 'o'],
    ['привет', wordEnd, 'щ'],
  ])('of this server knows how words go on after %s', async (start, likely, unlikely) => {
    const own = new LetterModel(await readModel(modelFiles.letterModel));
    expect(own.gain(wordEnd + start, likely)).toBeGreaterThan(own.gain(wordEnd + start, unlikely) + 1);
  });
});
