import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../settings/config-error.js';
import { optionTable, readOptions } from '../../settings/given-options.js';
import { UsageError } from '../command.js';
import { connectionOf, connectionOptions } from './connection-options.js';
import { parseArguments } from './parse-arguments.js';

let folder: string;
let pem: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-server-options-'));
  pem = join(folder, 'some.pem');
  writeFileSync(pem, 'PEM');
});
afterAll(() => rmSync(folder, { recursive: true }));

const connection = async (args: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
  const given = parseArguments(args, optionTable(connectionOptions));
  return connectionOf(readOptions(connectionOptions, given), environment);
};

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
    [['--tls-cert', 'x'], '--tls-cert and --tls-key must be given together.'],
    [['--tls-key', 'x'], '--tls-cert and --tls-key must be given together.'],
    [['--tls-ca', '/nowhere.pem'], '--tls-ca /nowhere.pem cannot be read: no such file or folder.'],
  ])('refuses %j', async (args, problem) => {
    const refused = connection(args);
    await expect(refused).rejects.toThrow(problem);
    await expect(refused).rejects.toThrow(UsageError);
  });

  it.each(['localhost', 'http://localhost:1'])('refuses the endpoint %s', async (endpoint) => {
    await expect(connection(['--endpoint', endpoint])).rejects.toThrow(
      new ConfigError(
        `Invalid --endpoint "${endpoint}": must be HOST:PORT with a port up to 65535, for example 127.0.0.1:8080.`,
      ),
    );
  });
});
