import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languageModelFile } from '../../../../../test/language-model-file.js';
import { CharacterLanguageModel } from '../../language/language-model.js';
import { BeamDecoder } from './beam-decoder.js';
import { decodeGreedily, type CtcAlphabet, type CtcCharacter } from './ctc-decode.js';

const alphabet: CtcAlphabet = { characters: ['', 'a', 'b', 'B', '6', ' '], space: 5 };
const spacePosterior = 0.3;
const letter = { probability: 0.3, weight: 1 };
/** Words are mostly "ab". */
const model = new CharacterLanguageModel(
  languageModelFile({
    ' ': letter,
    a: letter,
    b: letter,
    ' a': { probability: 0.9, weight: 0.5 },
    ab: { probability: 0.9, weight: 0.5 },
    aa: { probability: 0.02, weight: 0.5 },
    'b ': { probability: 0.9, weight: 1 },
  }),
);

/** One row of classes per timestep, in the order of the alphabet. */
function posteriors(rows: ReadonlyArray<Readonly<Record<string, number>>>): Float32Array {
  return Float32Array.from(rows.flatMap((row) => alphabet.characters.map((character) => row[character] ?? 0)));
}

function decode(rows: ReadonlyArray<Readonly<Record<string, number>>>, weight: number): CtcCharacter[][] {
  return new BeamDecoder(alphabet, spacePosterior, model, weight).decode(posteriors(rows));
}

function textOf(words: ReadonlyArray<readonly CtcCharacter[]>): string {
  return words.map((word) => word.map(({ text }) => text).join('')).join(' ');
}

const blank = { '': 1 };

describe('BeamDecoder', () => {
  it.each([
    ['a letter that follows more often', [{ a: 1 }, blank, { a: 0.55, b: 0.45 }], 'aa', 'ab'],
    ['a letter where a digit was likelier', [{ a: 1 }, { b: 0.45, 6: 0.55 }], 'a6', 'ab'],
    ['capitals as the small letters', [{ a: 1 }, { B: 0.45, 6: 0.55 }], 'a6', 'aB'],
    ['the end of a word where that is likely', [{ a: 1 }, { b: 1 }, { '': 0.45, a: 0.55 }], 'aba', 'ab'],
  ])('prefers %s', (_name, rows, alone, together) => {
    expect(textOf(decode(rows, 0))).toBe(alone);
    expect(textOf(decode(rows, 0.5))).toBe(together);
  });

  it('follows the network if that is sure', () => {
    expect(textOf(decode([{ a: 1 }, blank, { a: 0.99, b: 0.01 }], 0.3))).toBe('aa');
  });

  it('adds the paths of a text, which greedy decoding does not', () => {
    const rows = [
      { '': 0.4, a: 0.35, b: 0.25 },
      { '': 0.4, a: 0.35, b: 0.25 },
    ];
    expect(textOf(decodeGreedily(posteriors(rows), alphabet, spacePosterior))).toBe('');
    expect(textOf(decode(rows, 0))).toBe('a');
  });

  it('separates words at a space that is likely enough under a blank', () => {
    expect(textOf(decode([{ a: 1 }, { '': 0.6, ' ': 0.4 }, { b: 1 }], 0.3))).toBe('a b');
    expect(textOf(decode([{ a: 1 }, { '': 0.8, ' ': 0.2 }, { b: 1 }], 0.3))).toBe('ab');
  });

  it('decodes no timesteps, and blanks alone, as nothing', () => {
    expect(decode([], 0.3)).toEqual([]);
    expect(decode([blank, blank], 0.3)).toEqual([]);
  });

  it('equals greedy decoding without the language model, if the network is sure', () => {
    const step = fc.integer({ min: 0, max: alphabet.characters.length - 1 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (classes) => {
        const rows = classes.map((chosen) =>
          Object.fromEntries(alphabet.characters.map((character, at) => [character, at === chosen ? 0.99 : 0.002])),
        );
        expect(decode(rows, 0)).toEqual(decodeGreedily(posteriors(rows), alphabet, spacePosterior));
      }),
    );
  });
});
