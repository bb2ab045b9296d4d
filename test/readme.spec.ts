import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentName, settings } from '../server/config.js';
import { repositoryRoot } from '../server/paths.js';

const path = join(repositoryRoot, 'README.md');
const readme = readFileSync(path, 'utf8');

/** How the README describes defaults that depend on the machine. */
const defaults: Readonly<Record<string, string>> = { workers: 'one per core' };

/** A setting as it is called, without white space where it has no value. */
const flag = (name: string, placeholder: string): string => `--${name} ${placeholder}`.trimEnd();
/** Markdown splits a row at every pipe, those in code included. */
const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``);

describe('README', () => {
  // `npx vitest run test/readme.spec.ts -u` writes the table anew.
  it('has all settings', async () => {
    const rows = Object.entries(settings).map(([name, { placeholder, help, default: value }]) => [
      `${code(flag(name, placeholder))}<br>${code(environmentName(name))}`,
      defaults[name] ?? code(value),
      help,
    ]);
    const table = [
      '| Setting | Default | Description |',
      '|---|---|---|',
      ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    ].join('\n');
    const updated = readme.replace(
      /(<!-- settings -->)[\s\S]*(<!-- \/settings -->)/,
      (_, start, end) => `${start}\n${table}\n${end}`,
    );
    await expect(updated).toMatchFileSnapshot(path);
  });

  it('has a table of settings with three cells in every row', () => {
    const [, table = ''] = /<!-- settings -->\n([\s\S]*)\n<!-- \/settings -->/.exec(readme) ?? [];
    const rows = table.split('\n');
    expect(rows.length).toBe(Object.keys(settings).length + 2);
    expect(rows.filter((row) => row.match(/(?<!\\)\|/g)?.length !== 4)).toEqual([]);
    expect(table).not.toMatch(/``| `( |<)/);
  });
});
