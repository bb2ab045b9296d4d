import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentName, settings } from '../server/config.js';
import { repositoryRoot } from '../server/paths.js';
import { startTestServer, type TestServer } from './server.js';

const execute = promisify(execFile);
const path = join(repositoryRoot, 'README.md');
const readme = readFileSync(path, 'utf8');

/** Defaults that are read off the machine, as the README says them. */
const defaults: Readonly<Record<string, string>> = { workers: 'one a core' };

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
    const table = ['| Setting | Default | |', '|---|---|---|', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
    const updated = readme.replace(/(<!-- settings -->)[\s\S]*(<!-- \/settings -->)/, (_, start, end) => `${start}\n${table}\n${end}`);
    await expect(updated).toMatchFileSnapshot(path);
  });

  it('has a table of settings with three cells in every row', () => {
    const [, table = ''] = /<!-- settings -->\n([\s\S]*)\n<!-- \/settings -->/.exec(readme) ?? [];
    const rows = table.split('\n');
    expect(rows.length).toBe(Object.keys(settings).length + 2);
    expect(rows.filter((row) => row.match(/(?<!\\)\|/g)?.length !== 4)).toEqual([]);
    expect(table).not.toMatch(/``| `( |<)/);
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => target);
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((link) => !existsSync(join(repositoryRoot, link)))).toEqual([]);
  });

  describe('examples', () => {
    let running: TestServer;
    beforeAll(async () => {
      running = await startTestServer();
    });
    afterAll(() => running.close());

    it.each(['curl', 'cli'])('%s works as it is written', async (name) => {
      const [, command = ''] = new RegExp(`<!-- test: ${name} -->\n\`\`\`sh\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
      const local = command
        .replaceAll('127.0.0.1:8080', running.endpoint)
        .replace('npx visiond analyze', `node server/bin/visiond.js analyze --endpoint ${running.endpoint}`);
      expect(local).toContain(running.endpoint);
      const { stdout } = await execute('sh', ['-c', local], { cwd: repositoryRoot });
      for (const word of ['INVOICE', 'Coffee', 'Хлеб', '17.45']) expect(stdout).toContain(word);
    });
  });
});
