import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommandLine, UsageError } from '../command.js';
import { connectionOf, serverHelp, serverOptions } from './server-options.js';

let folder: string;
let pem: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-server-options-'));
  pem = join(folder, 'some.pem');
  writeFileSync(pem, 'PEM');
});
afterAll(() => rmSync(folder, { recursive: true }));

const connection = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  connectionOf(parseCommandLine(args, serverOptions).values, environment);

describe('connectionOf', () => {
  it('is the local server without options, and waits ten minutes', async () => {
    expect(await connection([])).toEqual({ endpoint: '127.0.0.1:8080', folderId: '', timeoutMs: 600_000, tls: false });
  });

  it('takes the key of the option before that of the environment', async () => {
    const environment = { VISIOND_API_KEY: 'vd_2' };
    expect(await connection(['--api-key', 'vd_1'], environment)).toMatchObject({ apiKey: 'vd_1' });
    expect(await connection(['--folder', 'b1g'], environment)).toMatchObject({ apiKey: 'vd_2', folderId: 'b1g' });
    expect(await connection([], { VISIOND_API_KEY: '' })).not.toHaveProperty('apiKey');
  });

  it('encrypts where it is asked to, or where a file says whom to trust', async () => {
    expect(await connection(['--tls'])).toMatchObject({ tls: true });
    const content = Buffer.from('PEM');
    expect(await connection(['--tls-ca', pem])).toMatchObject({ tls: { ca: content } });
    expect(await connection(['--tls-cert', pem, '--tls-key', pem])).toMatchObject({
      tls: { cert: content, key: content },
    });
  });

  it.each([
    [['--endpoint', 'localhost'], 'Invalid --endpoint "localhost": must be HOST:PORT'],
    [['--endpoint', 'http://localhost:1'], 'Invalid --endpoint "http://localhost:1": must be HOST:PORT'],
    [['--tls-cert', 'x'], '--tls-cert and --tls-key are given together.'],
    [['--tls-key', 'x'], '--tls-cert and --tls-key are given together.'],
    [['--tls-ca', '/nowhere.pem'], '--tls-ca /nowhere.pem cannot be read: no such file or folder.'],
  ])('refuses %j', async (args, problem) => {
    const refused = connection(args);
    await expect(refused).rejects.toThrow(problem);
    await expect(refused).rejects.toThrow(UsageError);
  });

  it('has every option in the help', () => {
    for (const name of Object.keys(serverOptions)) expect(serverHelp).toMatch(new RegExp(`--${name} `));
  });
});
