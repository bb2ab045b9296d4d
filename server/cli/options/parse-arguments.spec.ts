import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../settings/config-error.js';
import { optionTable, readOptions } from '../../settings/given-options.js';
import { count, flag, list, text } from '../../settings/option.js';
import { UsageError } from '../command.js';
import { parseArguments } from './parse-arguments.js';

const options = {
  json: flag('Prints JSON.'),
  name: text('NAME', 'Its name.'),
  title: text('TEXT', 'Its title.', 'none'),
  max: count('N', 'Maximum.', { fallback: 10, max: 100 }),
  host: list('NAME', 'A host.'),
};
const table = optionTable(options);

function read(...args: string[]) {
  return readOptions(options, parseArguments(args, table));
}

describe('readOptions', () => {
  it('gives every option a value', () => {
    expect(read()).toEqual({ json: false, name: undefined, title: 'none', max: 10, host: [] });
  });

  it('takes the last of several values, and all of a list', () => {
    expect(read('--host', 'a', '--max=1', '--json', '--name', '', '--host=-b', '--max', '100', '--title', '-')).toEqual(
      {
        json: true,
        name: '',
        title: '-',
        max: 100,
        host: ['a', '-b'],
      },
    );
  });

  it.each(['0', '101', '1.5', 'many', ''])('refuses --max "%s"', (value) => {
    expect(() => read('--max', value)).toThrow(ConfigError);
    expect(() => read('--max', value)).toThrow(`Invalid --max "${value}": must be an integer from 1 to 100.`);
  });
});

describe('parseArguments', () => {
  it('finds operands before, between and behind options', () => {
    expect(parseArguments(['a', '--json', 'b', '--name', 'c', '--', '--max'], table).operands).toEqual([
      'a',
      'b',
      '--max',
    ]);
  });

  it.each([
    [['--nam', 'x'], 'Unknown option --nam. Did you mean --name?'],
    [['--unheard-of'], 'Unknown option --unheard-of.'],
    [['--no-json'], 'Unknown option --no-json.'],
    [['--constructor=x'], 'Unknown option --constructor.'],
    [['-n', 'x'], 'Unknown option -n.'],
    [['--json=true'], '--json takes no value.'],
    [['a', '--name'], '--name requires a value: --name NAME.'],
    [['--name', '--json'], '--name requires a value. For one that begins with "-", write --name=--json.'],
    [['--name', '-x'], '--name requires a value. For one that begins with "-", write --name=-x.'],
  ])('refuses %j', (args, sentence) => {
    expect(() => parseArguments(args, table)).toThrow(new UsageError(sentence));
  });
});
