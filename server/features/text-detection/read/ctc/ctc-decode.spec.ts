import { describe, expect, it } from 'vitest';
import { textOf, type RecognizedLine } from '../../line/recognized-line.js';
import { decodeGreedily, lineOf, type CtcAlphabet } from './ctc-decode.js';

const alphabet: CtcAlphabet = { characters: ['', 'a', 'b', '字', ' '], space: 4 };
const spacePosterior = 0.03;

/** One timestep per character: `-` is the blank, `~` a blank under which the space has 0.1, `_` a space. */
function posteriors(steps: string): Float32Array {
  const rows: Record<string, number[]> = {
    '-': [0.99, 0, 0, 0, 0.01],
    '~': [0.9, 0, 0, 0, 0.1],
    _: [0.1, 0, 0, 0, 0.9],
    a: [0.1, 0.9, 0, 0, 0],
    b: [0.2, 0, 0.8, 0, 0],
    字: [0.1, 0.3, 0, 0.6, 0],
  };
  return Float32Array.from(Array.from(steps).flatMap((step) => rows[step] ?? []));
}

function read(steps: string, limit = spacePosterior): RecognizedLine {
  return lineOf(decodeGreedily(posteriors(steps), alphabet, limit), steps.length);
}

describe('decodeGreedily', () => {
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
    expect(textOf(read(steps))).toBe(text);
  });

  it('separates words by the threshold of the recognizer', () => {
    expect(textOf(read('a~b', 0.3))).toBe('ab');
    expect(textOf(read('a_b', 0.3))).toBe('a b');
  });

  it('averages the confidence over characters, not over timesteps', () => {
    expect(read('aaab').confidence).toBeCloseTo(0.85);
  });

  it('places words in order within the line, without overlap', () => {
    const steps = '--a-b-a--~--b-b--~-a';
    const { words } = read(steps);
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
