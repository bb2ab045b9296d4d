import { describe, expect, it } from 'vitest';
import { readCommandBlocks } from './command-blocks.js';

const page = (...lines: string[]) => readCommandBlocks(lines.join('\n'));

describe('readCommandBlocks', () => {
  it('takes every block of a shell, and no other', () => {
    const { blocks, problems } = page(
      '# Title',
      '```sh',
      'a',
      'b',
      '```',
      '```ts',
      '```',
      '```',
      '```sh',
      '```',
      '~~~console',
      'c',
      '~~~',
    );
    expect(problems).toEqual([]);
    expect(blocks).toEqual([
      { line: 2, commands: 'a\nb', notRun: undefined, prints: [] },
      { line: 11, commands: 'c', notRun: undefined, prints: [] },
    ]);
  });

  it('reads the mark above a block', () => {
    const { blocks } = page(
      '<!-- not run: needs root -->',
      '```sh',
      'a',
      '```',
      '<!-- prints: one, two words -->',
      '```bash',
      'b',
      '```',
    );
    expect(blocks.map(({ notRun, prints }) => [notRun, prints])).toEqual([
      ['needs root', []],
      [undefined, ['one', 'two words']],
    ]);
  });

  it.each([
    ['has no reason', ['<!-- not run -->', '```sh', '```'], 'Line 1: "not run" says nothing.'],
    ['has an empty reason', ['<!-- not run: -->', '```sh', '```'], 'Line 1: "not run" says nothing.'],
    ['has no words', ['<!-- prints: -->', '```sh', '```'], 'Line 1: "prints" says nothing.'],
    [
      'stands above text',
      ['<!-- not run: slow -->', 'text', '```sh', '```'],
      'Line 1: "not run" stands above no block of commands.',
    ],
    [
      'stands above another block',
      ['<!-- not run: slow -->', '```ts', '```'],
      'Line 1: "not run" stands above no block of commands.',
    ],
    ['is the last line', ['text', '<!-- prints: a -->'], 'Line 2: "prints" stands above no block of commands.'],
    [
      'stands above another mark',
      ['<!-- prints: a -->', '<!-- prints: b -->', '```sh', '```'],
      'Line 1: "prints" stands above no block of commands.',
    ],
  ])('complains of a mark that %s', (_, lines, problem) => {
    expect(page(...lines).problems).toEqual([problem]);
  });
});
