import { describe, expect, it } from 'vitest';
import { settings } from '../../config.js';
import { optionTable } from '../../settings/given-options.js';
import { flag, text } from '../../settings/option.js';
import { configOptions } from './config-options.js';
import { helpText, optionSection, table } from './help-text.js';

const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');

describe('helpText', () => {
  it('has what the command does, its usage, its options and its notes', () => {
    const options = optionTable({ name: text('NAME', 'Its name.', 'none'), json: flag('Prints JSON.') });
    const sections = [optionSection('Options', options), { title: 'Actions', rows: [] }];
    expect(helpText({ about: 'Does it.', usage: 'visiond do [OPTIONS]', sections, notes: 'Exit code 1.' })).toBe(
      [
        'Does it.',
        '',
        'Usage: visiond do [OPTIONS]',
        '',
        'Options:',
        '  --name NAME  Its name. Default none.',
        '  --json       Prints JSON.',
        '',
        'Exit code 1.',
      ].join('\n'),
    );
  });

  it('wraps lines at 110 columns, between words', () => {
    const lines = table([
      ['--a', words(50)],
      ['--longer', 'x'.repeat(120)],
    ]).split('\n');
    expect(lines[0]).toBe(`  --a       ${words(19)}`);
    expect(lines[1]).toBe(`            ${words(19)}`);
    expect(lines.at(-1)).toBe(`  --longer  ${'x'.repeat(120)}`);
  });

  it('has every setting of the server with its environment variable', () => {
    const section = optionSection('Options', optionTable(configOptions));
    const names = Object.keys(settings);
    expect(section.rows.map(([left]) => left.split(' ')[0])).toEqual(names.map((name) => `--${name}`));
    for (const [index, name] of names.entries()) {
      expect(section.rows[index]?.[1]).toContain(`Environment: VISIOND_${name.toUpperCase().replaceAll('-', '_')}.`);
    }
    expect(section.rows.join('\n')).toContain('Default 127.0.0.1:8080.');
    expect(section.rows.join('\n')).not.toContain('Default false');
  });
});
