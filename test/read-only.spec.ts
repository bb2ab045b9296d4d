import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIndexClient, imageCopySearch, textDetection, type IndexClient } from '../client/index.js';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { createKeyStore } from '../server/auth/key-store.js';
import { fixture } from './fixtures.js';
import { visiond } from './run-cli.js';
import { startTestServer, type TestServer } from './server.js';
import { mountSmallDisk } from './small-disk.js';

const disk = mountSmallDisk();
const refused = 'Cannot write the image index: its file is read-only';
let running: TestServer | undefined;
let corpus: IndexClient;
let picture: Buffer;

beforeAll(async () => {
  picture = await drawPicture(1).jpeg().toBuffer();
});
afterEach(async () => {
  await stop();
  if (disk.mounted) disk.remount('rw');
});
afterAll(() => disk.remove());

async function start(folder: string, flags: Readonly<Record<string, string>> = {}, apiKey?: string): Promise<void> {
  running = await startTestServer({ workers: '1', 'data-dir': folder, ...flags });
  corpus = createIndexClient({
    endpoint: running.endpoint,
    folderId: 'f',
    ...(apiKey !== undefined && { apiKey }),
  });
}

async function stop(): Promise<void> {
  if (running === undefined) return;
  corpus.close();
  await running.close();
  running = undefined;
}

/** A data folder on the disk with the index of a server that has stopped. */
async function makeIndex(name: string, ...ids: readonly string[]): Promise<string> {
  const folder = join(disk.folder, name);
  await start(folder);
  for (const id of ids) await corpus.add({ content: picture, id });
  await stop();
  return folder;
}

async function serve(folder: string, ...more: readonly string[]): Promise<unknown> {
  const args = ['serve', '--listen', '127.0.0.1:0', '--workers', '1', '--data-dir', folder];
  const { code, stderr } = await visiond([...args, ...more]);
  return [code, stderr];
}

async function readyz(): Promise<unknown> {
  const response = await fetch(`${running?.origin}/readyz`);
  return [response.status, await response.json()];
}

const warned = [200, { status: 'ready', warnings: [`${refused}.`] }];

describe.skipIf(!disk.mounted)('a server with a read-only data folder', () => {
  it('searches and analyzes, adds nothing, and does so again once the folder can be written', async () => {
    const folder = await makeIndex('plain', 'one');
    disk.remount('ro');
    await start(folder);
    expect(await readyz()).toEqual(warned);
    expect((await corpus.search(picture)).copies.map(({ image }) => image?.id)).toEqual(['one']);
    const [copies, text] = (await running?.client.analyze(fixture('english.png'), [
      imageCopySearch(),
      textDetection({ languageCodes: ['en'] }),
    ])) ?? [undefined, undefined];
    expect([copies?.feature?.$case, text?.feature?.$case]).toEqual(['imageCopySearch', 'textDetection']);
    for (const call of [() => corpus.add({ content: picture, id: 'two' }), () => corpus.delete('one')]) {
      await expect(call()).rejects.toMatchObject({ code: 9, message: refused });
    }
    expect((await corpus.list()).images.map(({ id }) => id)).toEqual(['one']);
    expect(await readyz()).toEqual(warned);

    disk.remount('rw');
    await corpus.add({ content: picture, id: 'two' });
    const found = (await corpus.search(picture)).copies.map(({ image }) => image?.id);
    expect(new Set(found)).toEqual(new Set(['one', 'two']));
    expect(await readyz()).toEqual([200, { status: 'ready' }]);
  });

  it('finds what is still in the log of a server that crashed', async () => {
    const folder = join(disk.folder, 'crashed');
    const copy = join(disk.folder, 'copy');
    mkdirSync(copy);
    await start(folder);
    await corpus.add({ content: picture, id: 'last' });
    for (const end of ['', '-wal', '-shm']) copyFileSync(join(folder, `index.db${end}`), join(copy, `index.db${end}`));
    await stop();
    disk.remount('ro');
    await start(copy);
    expect((await corpus.list()).images.map(({ id }) => id)).toEqual(['last']);
    await stop();

    disk.remount('rw');
    rmSync(join(copy, 'index.db-shm'));
    disk.remount('ro');
    expect(await serve(copy)).toEqual([
      1,
      expect.stringMatching(
        /The folder of the index \S+ is read-only, and the latest images are still in its log \S+index\.db-wal\. Start the server once with write access to the folder\.\n$/,
      ),
    ]);
    expect(existsSync(join(copy, 'index.db-wal'))).toBe(true);
  });

  it('follows another server that begins to write to the same folder', async () => {
    const folder = await makeIndex('shared', 'one');
    disk.remount('ro');
    await start(folder);
    expect((await corpus.list()).images.map(({ id }) => id)).toEqual(['one']);
    disk.remount('rw');
    const writer = await startTestServer({ workers: '1', 'data-dir': folder });
    const client = createIndexClient({ endpoint: writer.endpoint, folderId: 'f' });
    await client.add({ content: picture, id: 'two' });
    expect((await corpus.list()).images.map(({ id }) => id)).toEqual(['one', 'two']);
    client.close();
    await writer.close();
  });

  it('lets in who has a key, and gives tokens', async () => {
    const folder = await makeIndex('keys', 'one');
    const { key } = await createKeyStore(folder).createApiKey({ name: '', folders: ['f'] });
    await start(folder, { auth: 'keys' }, key);
    await stop();
    disk.remount('ro');
    await start(folder, { auth: 'keys' }, key);
    expect((await corpus.list()).images.map(({ id }) => id)).toEqual(['one']);
    const body = JSON.stringify({ yandexPassportOauthToken: key });
    const response = await fetch(`${running?.origin}/iam/v1/tokens`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ iamToken: expect.stringContaining('.') });
    expect(await visiond(['keys', 'create', '--folder', 'f', '--data-dir', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be used: its file system is read-only.'),
    });
  });

  it('says what is missing where it has never been started', async () => {
    const folder = join(disk.folder, 'new');
    mkdirSync(folder);
    disk.remount('ro');
    expect(await serve(folder)).toEqual([
      1,
      expect.stringContaining(
        `The index ${join(folder, 'index.db')} does not exist and cannot be created: its file system is read-only. Choose another with --index sqlite:PATH.\n`,
      ),
    ]);
    expect(await serve(folder, '--auth', 'keys')).toEqual([
      1,
      expect.stringContaining(
        `${join(folder, 'token-secret')} does not exist and cannot be created: its file system is read-only. Start the server once with write access to its data folder.\n`,
      ),
    ]);
    expect(await serve(join(folder, 'below'))).toEqual([
      2,
      expect.stringContaining('cannot be used: its file system is read-only. Choose another with --data-dir DIR.\n'),
    ]);
  });
});
