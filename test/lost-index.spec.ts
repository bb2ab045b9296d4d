import { cpSync, mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIndexClient, type AddImageResponse, type IndexClient } from '../client/index.js';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { startTestServer, type TestServer } from './server.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-lost-'));
const [data, away] = [join(root, 'data'), join(root, 'away')];
const refused =
  'Cannot write the image index: its file was deleted, moved, replaced or truncated while the server was running';
let running: TestServer | undefined;
let corpus: IndexClient;
let picture: Buffer;

beforeAll(async () => {
  picture = await drawPicture(1).jpeg().toBuffer();
});
afterAll(async () => {
  await stop();
  rmSync(root, { recursive: true });
});

async function start(): Promise<void> {
  running = await startTestServer({ workers: '1', 'data-dir': data });
  corpus = createIndexClient({ endpoint: running.endpoint, folderId: 'f' });
}

async function stop(): Promise<void> {
  corpus.close();
  await running?.close();
  running = undefined;
}

function add(id: string): Promise<AddImageResponse> {
  return corpus.add({ content: picture, id });
}

async function ids(): Promise<string[]> {
  return (await corpus.list()).images.map(({ id }) => id);
}

async function readyz(): Promise<unknown> {
  const response = await fetch(`${running?.origin}/readyz`);
  return [response.status, await response.json()];
}

it('acknowledges nothing while its folder is away, and goes on when it is back', async () => {
  await start();
  await add('before');
  renameSync(data, away);
  await expect(add('lost')).rejects.toMatchObject({ code: 9, message: refused });
  await expect(corpus.delete('before')).rejects.toMatchObject({ code: 9, message: refused });
  expect(await readyz()).toEqual([200, { status: 'ready', warnings: [`${refused}.`] }]);
  expect((await corpus.search(picture)).copies.map(({ image }) => image?.id)).toEqual(['before']);

  renameSync(away, data);
  await add('after');
  expect(await ids()).toEqual(['before', 'after']);
  expect(await readyz()).toEqual([200, { status: 'ready' }]);
});

it('acknowledges nothing where its folder was deleted or is another, until it is restarted', async () => {
  cpSync(data, away, { recursive: true });
  rmSync(data, { recursive: true });
  await expect(add('lost')).rejects.toMatchObject({ code: 9, message: refused });
  cpSync(away, data, { recursive: true });
  await expect(add('lost')).rejects.toMatchObject({ code: 9, message: refused });
  await stop();
  await start();
  expect(await ids()).toEqual(['before', 'after']);
  await add('last');
  expect(await ids()).toEqual(['before', 'after', 'last']);
});

it('acknowledges nothing once its file was cut off', async () => {
  const file = join(data, 'index.db');
  truncateSync(file);
  await expect(add('lost')).rejects.toMatchObject({ code: 9, message: refused });
  await expect(add('lost')).rejects.toMatchObject({ code: 9, message: refused });
  expect(await readyz()).toMatchObject([200, { warnings: expect.arrayContaining([`${refused}.`]) }]);
});
