import { describe, expect, it } from 'vitest';
import { decodeCtc, type CtcAlphabet } from './ctc-decode.js';
import { textOf } from './recognized-line.js';

const alphabet: CtcAlphabet = { characters: ['', 'a', 'b', '字', ' '], space: 4 };
const latin = Int32Array.from([1, 2, 4]);
const all = Int32Array.from([1, 2, 3, 4]);

/** One timestep a character: `-` is the blank, `~` a blank under which the space stirs, `_` an emitted space. */
function posteriors(steps: string): Float32Array {
  const rows: Record<string, number[]> = {
    '-': [0.99, 0, 0, 0, 0.01],
    '~': [0.9, 0, 0, 0, 0.1],
    '_': [0.1, 0, 0, 0, 0.9],
    a: [0.1, 0.9, 0, 0, 0],
    b: [0.2, 0, 0.8, 0, 0],
    '字': [0.1, 0.3, 0, 0.6, 0],
  };
  return Float32Array.from(Array.from(steps).flatMap((step) => rows[step] ?? []));
}

describe('decodeCtc', () => {
  it.each([
    ['a', 'a'],
    ['aa', 'a'],
    ['a-a', 'aa'],
    ['-aab--b-', 'abb'],
    ['a--b', 'ab'],
    ['a_b', 'a b'],
    ['a~b', 'a b'],
    ['a-~-b', 'a b'],
    ['~a~', 'a'],
    ['a_~_b', 'a b'],
    ['a~a', 'a a'],
    ['---', ''],
    ['', ''],
  ])('reads %s as "%s"', (steps, text) => {
    expect(textOf(decodeCtc(posteriors(steps), steps.length, alphabet, all))).toBe(text);
  });

  it('takes the best of the allowed characters, with the probability that it has beside all', () => {
    expect(textOf(decodeCtc(posteriors('字'), 1, alphabet, all))).toBe('字');
    const masked = decodeCtc(posteriors('字'), 1, alphabet, latin);
    expect(textOf(masked)).toBe('a');
    expect(masked.confidence).toBeCloseTo(0.3);
  });

  it('has the mean probability of the characters as confidence, not of the timesteps', () => {
    expect(decodeCtc(posteriors('aaab'), 4, alphabet, all).confidence).toBeCloseTo(0.85);
  });

  it('places words in order within the line, without overlap', () => {
    const steps = '--a-b-a--~--b-b--~-a';
    const { words } = decodeCtc(posteriors(steps), steps.length, alphabet, all);
    expect(words.map(({ text }) => text)).toEqual(['aba', 'bb', 'a']);
    let end = 0;
    for (const { left, right } of words) {
      expect(left).toBeGreaterThanOrEqual(end);
      expect(right).toBeGreaterThan(left);
      end = right;
    }
    expect(end).toBeLessThanOrEqual(1);
    // The first word is marked at steps 2, 4 and 6: it reaches a step beyond each end.
    expect(words[0]?.left).toBeCloseTo(1.5 / 20);
    expect(words[0]?.right).toBeCloseTo(7.5 / 20);
  });
});
