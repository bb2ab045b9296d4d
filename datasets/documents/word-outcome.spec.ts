import { describe, expect, it } from 'vitest';
import type { LabeledWord } from '../word-boxes.js';
import { outcomeOf, splitAtSpaces } from './word-outcome.js';

function word(text: string, left = 100, width = 60): LabeledWord {
  return { text, box: [left, 100, left + width, 120] };
}

describe('outcomeOf', () => {
  it.each([
    ['Valve,', ['valve'], 'right'],
    ['valve', [], 'nothing'],
    ['/usr/share', ['/usr', '/share'], 'spaces'],
    ['valve', ['valve2000'], 'spaces'],
    ['HB2', ['НВ2'], 'script'],
    ['/home', ['/hоте'], 'script'],
    ['valves', ['valv'], 'cut'],
    ['valves', ['lves'], 'cut'],
    ['ООО', ['О00'], 'digits'],
    ['small', ['smal1'], 'digits'],
    ['valves', ['vatves'], 'characters'],
    ['24', ['8'], 'other'],
  ])('of %s read as %j is %s', (printed, read, outcome) => {
    const width = 60 / Math.max(1, read.length);
    const words = read.map((text, index) => word(text, 100 + index * width, width));
    expect(outcomeOf(word(printed), words)).toEqual({ outcome, read: read.join(' ') });
  });

  it('looks at the place of the word alone', () => {
    const words = [word('left', 20), word('right', 180), { text: 'below', box: [100, 122, 160, 142] as const }];
    expect(outcomeOf(word('valve'), words).outcome).toBe('nothing');
  });

  it('finds a word in the box of a longer one', () => {
    expect(outcomeOf(word('2000', 100, 20), [word('10002000', 90, 40)])).toEqual({
      outcome: 'spaces',
      read: '10002000',
    });
  });
});

describe('splitAtSpaces', () => {
  it('gives each part of an entity its share of the box', () => {
    expect(splitAtSpaces([word('12 345', 100, 60), word('x')])).toEqual([
      { text: '12', box: [100, 100, 120, 120] },
      { text: '345', box: [130, 100, 160, 120] },
      word('x'),
    ]);
  });
});
