import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterAll, describe, expect, it } from 'vitest';
import { visiond } from './run-cli.js';
import { startTestServer } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-data-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'file');
writeFileSync(file, 'text');

const circle = join(folder, 'circle.db');
symlinkSync(circle, circle);
const dangling = join(folder, 'dangling.db');
symlinkSync(join(folder, 'missing.db'), dangling);
const foreign = join(folder, 'foreign.db');
const other = new Database(foreign);
other.exec('CREATE TABLE images (name TEXT)');
other.close();

/** Folders that nobody can write to, root included. */
const unusable = [
  [file, 'it is a file'],
  [join(file, 'below'), 'part of its path is a file'],
  ['/proc/nope', 'nothing can be created there'],
] as const;

describe('a folder that cannot be used', () => {
  it.each(unusable)('%s is no data folder: %s', async (data, reason) => {
    const sentence = `The data folder ${data} cannot be used: ${reason}. Choose another with --data-dir DIR.\n`;
    expect(await visiond(['serve', '--listen', '127.0.0.1:0', '--data-dir', data])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(sentence),
    });
    expect(await visiond(['keys', 'create', '--folder', 'x', '--data-dir', data])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(sentence),
    });
    const certs = await visiond(['certs', 'dev'], { VISIOND_DATA_DIR: data });
    expect(certs).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^The certificate folder \S+ cannot be used: .+\. Choose another with --out DIR\.\n/,
      ),
    });
  });

  it.each([file, join(file, 'below')])('%s holds neither keys nor models', async (data) => {
    for (const args of [
      ['keys', 'list'],
      ['keys', 'revoke', 'x'],
      ['models', 'list'],
    ]) {
      const { code, stderr } = await visiond(args, { VISIOND_DATA_DIR: data });
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^\S+ cannot be used: part of its path is a file\.\n$/),
      ]);
    }
  });

  it.each([
    [join(file, 'index.db'), 2, 'The index folder \\S+ cannot be used: it is a file\\.'],
    ['/proc/nope/index.db', 2, 'The index folder /proc/nope cannot be used: nothing can be created there\\.'],
    [file, 1, 'The index \\S+ cannot be opened: file is not a database\\.'],
    [folder, 1, 'The index \\S+ is a folder\\.'],
    ['/dev/zero', 1, 'The index /dev/zero is not a regular file\\.'],
    [circle, 1, 'The index \\S+ cannot be opened: its symbolic links form a loop\\.'],
    [foreign, 1, 'The index \\S+ belongs to another program\\.'],
  ])('%s is no index', async (path, exitCode, sentence) => {
    const { code, stderr } = await visiond([
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--data-dir',
      join(folder, 'data'),
      '--index',
      `sqlite:${path}`,
    ]);
    expect([code, stderr]).toEqual([
      exitCode,
      expect.stringMatching(`${sentence} (Restore a backup of it, or c|C)hoose another with --index sqlite:PATH\\.`),
    ]);
    expect(stderr).not.toContain('may not listen');
    expect(stderr).not.toMatch(/^ {4}at |"level":"error"/m);
  });
});

describe('an index', () => {
  async function startWith(path: string): Promise<unknown> {
    const args = ['serve', '--listen', '127.0.0.1:0', '--workers', '1', '--data-dir', join(folder, 'data')];
    const { code, stderr } = await visiond([...args, '--index', `sqlite:${path}`]);
    return [code, stderr];
  }

  it('that is damaged is kept as it is', async () => {
    const path = join(folder, 'broken.db');
    const running = await startTestServer({ 'data-dir': folder, index: `sqlite:${path}`, workers: '1' });
    await running.close();
    writeFileSync(path, readFileSync(path).fill(0xa5, 4096));
    const before = readFileSync(path);
    expect(await startWith(path)).toEqual([
      1,
      expect.stringMatching(
        /\nThe index \S+broken\.db cannot be opened: .*malformed\. Restore a backup of it, or choose another with --index sqlite:PATH\.\n$/,
      ),
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('of a newer server is kept for it', async () => {
    const path = join(folder, 'newer.db');
    const db = new Database(path);
    db.exec('CREATE TABLE images (name TEXT); PRAGMA user_version = 3');
    db.close();
    const before = readFileSync(path);
    expect(await startWith(path)).toEqual([
      1,
      expect.stringMatching(
        /\nThe index \S+newer\.db has format 3, but this server knows only those up to 2\. Use the newer server that wrote it, or choose another with --index sqlite:PATH\.\n$/,
      ),
    ]);
    expect([readFileSync(path).equals(before), existsSync(`${path}-wal`)]).toEqual([true, false]);
  });
});

describe('an index that is a link', () => {
  it('is not begun where the link leads to nothing', async () => {
    const { code, stderr } = await visiond([
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--data-dir',
      join(folder, 'data'),
      '--index',
      `sqlite:${dangling}`,
    ]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/\nThe index \S+dangling\.db is a symbolic link to a missing file\. .+\n$/),
    ]);
    expect(existsSync(join(folder, 'missing.db'))).toBe(false);
  });
});

describe('a damaged file of credentials', () => {
  it.each([
    ['token-secret', 'x', 'must have at least 32 bytes, has 1\\.'],
    ['keys.json', '', 'cannot be used: .*JSON.*\\.'],
    ['keys.json', '{}', 'cannot be used: it is not a list of keys\\.'],
    ['keys.json/below', '', 'cannot be used: it is a folder\\.'],
  ])('%s with "%s" keeps the server from starting', async (name, text, sentence) => {
    const data = mkdtempSync(join(folder, 'damaged-'));
    mkdirSync(dirname(join(data, name)), { recursive: true });
    writeFileSync(join(data, name), text);
    const { code, stdout, stderr } = await visiond([
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--auth',
      'keys',
      '--data-dir',
      data,
    ]);
    const damaged = join(data, name.replace('/below', ''));
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(`\n${damaged} ${sentence}`)]);
    expect(stderr).not.toMatch(/^ {4}at |"level":"error"/m);
  });

  it('is told while the server runs', async () => {
    const data = mkdtempSync(join(folder, 'damaged-'));
    const running = await startTestServer({ 'data-dir': data, auth: 'keys', workers: '1' });
    const ask = async (path: string): Promise<unknown> =>
      (await fetch(running.origin + path, { headers: { authorization: 'Api-Key vd_00_x' } })).json();
    const keys = join(data, 'keys.json');
    writeFileSync(keys, 'damaged');
    expect(await ask('/index/v1/images')).toMatchObject({ code: 13 });
    const exchange = async (body: object): Promise<unknown> =>
      (await fetch(`${running.origin}/iam/v1/tokens`, { method: 'POST', body: JSON.stringify(body) })).json();
    expect(await exchange({ yandexPassportOauthToken: 'vd_00_x' })).toMatchObject({ code: 13 });
    const header = Buffer.from('{"alg":"PS256","kid":"00"}').toString('base64url');
    expect(await exchange({ jwt: `${header}.e30.AAAA` })).toMatchObject({ code: 13 });
    const warnings = ['The key file cannot be read. Calls with credentials fail.'];
    expect(await ask('/readyz')).toEqual({ status: 'ready', warnings });
    rmSync(keys);
    expect(await ask('/index/v1/images')).toMatchObject({ code: 16 });
    expect(await ask('/readyz')).toEqual({ status: 'ready' });
    // A folder that is gone is a fault, too: it does not say that all keys are revoked.
    renameSync(data, `${data}-away`);
    expect(await ask('/index/v1/images')).toMatchObject({ code: 13 });
    expect(await ask('/readyz')).toEqual({ status: 'ready', warnings });
    renameSync(`${data}-away`, data);
    expect(await ask('/index/v1/images')).toMatchObject({ code: 16 });
    expect(await ask('/readyz')).toEqual({ status: 'ready' });
    await running.close();
  });
});

describe('the data folder of a server', () => {
  it.each([
    ['none', /^index\.db/],
    ['keys', /^(index\.db|token-secret$)/],
  ])('with --auth %s is made, and holds what is needed alone', async (auth, needed) => {
    const data = join(folder, 'new', auth);
    const running = await startTestServer({ 'data-dir': data, auth, workers: '1' });
    const found = readdirSync(data);
    const readByOthers = found.filter((name) => (statSync(join(data, name)).mode & 0o077) !== 0);
    await running.close();
    expect(found).not.toEqual([]);
    expect(found.filter((name) => !needed.test(name))).toEqual([]);
    expect(found.includes('token-secret')).toBe(auth !== 'none');
    expect(readByOthers).toEqual([]);
  });
});
