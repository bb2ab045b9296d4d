import { describe, expect, it } from 'vitest';
import { parseCommandLine, table, UsageError } from './command.js';

const options = { folder: { type: 'string' }, tls: { type: 'boolean' } } as const;

describe('parseCommandLine', () => {
  it('reads options and arguments in any order, --help among them', () => {
    const { values, positionals } = parseCommandLine(['a', '--folder', 'b1g', '-h', 'b'], options);
    expect([{ ...values }, positionals]).toEqual([{ folder: 'b1g', help: true }, ['a', 'b']]);
  });

  it.each([
    [['--folders', 'x'], "Unknown option '--folders'."],
    [['--folder'], "Option '--folder <value>' argument missing."],
    [['--tls=yes'], "Option '--tls' does not take an argument."],
  ])('says in a sentence what is wrong with %j', (args, sentence) => {
    expect(() => parseCommandLine(args, options)).toThrow(new UsageError(sentence));
  });
});

describe('table', () => {
  it('wraps the second column, and only between words', () => {
    const rows = [
      ['--a', 'one two three threes four'],
      ['--longer', 'incomprehensibilities'],
    ] as const;
    // 13 letters are left for it.
    expect(table(rows, 25)).toBe(
      ['  --a       one two three', '            threes four', '  --longer  incomprehensibilities'].join('\n'),
    );
    expect(table([['--longer', 'one two threes']], 25)).toBe('  --longer  one two\n            threes');
  });
});
