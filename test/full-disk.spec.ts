import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createIndexClient, VisionCallError, type IndexClient } from '../client/index.js';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { visiond } from './run-cli.js';
import { startTestServer, type TestServer } from './server.js';
import { mountSmallDisk } from './small-disk.js';

const disk = mountSmallDisk();
let running: TestServer | undefined;
let corpus: IndexClient;

afterAll(() => disk.remove());

async function start(): Promise<void> {
  running = await startTestServer({ workers: '1', 'data-dir': disk.folder });
  corpus = createIndexClient({ endpoint: running.endpoint, folderId: 'f' });
}

async function stop(): Promise<void> {
  corpus.close();
  await running?.close();
  running = undefined;
}

afterEach(stop);

async function readyz(): Promise<unknown> {
  const response = await fetch(`${running?.origin}/readyz`);
  return [response.status, await response.json()];
}

/** Adds pictures until the server refuses one. @returns the ids that it acknowledged, and the error */
async function addUntilRefused(
  pictures: readonly Buffer[],
  prefix: string,
): Promise<{ added: string[]; error: VisionCallError }> {
  const added: string[] = [];
  for (let number = 0; number < 1000; number++) {
    const id = `${prefix}-${number}`;
    try {
      await corpus.add({ content: pictures[number % pictures.length] ?? Buffer.alloc(0), id });
      added.push(id);
    } catch (error) {
      if (error instanceof VisionCallError) return { added, error };
      throw error;
    }
  }
  throw new Error('The disk was never full');
}

async function ids(): Promise<string[]> {
  return (await corpus.list({ pageSize: 1000 })).images.map(({ id }) => id);
}

describe.skipIf(!disk.mounted)('a full disk', () => {
  it('refuses what cannot be stored, loses nothing, searches on, and takes images again when there is room', async () => {
    await start();
    const pictures = await Promise.all([1, 2, 3].map((seed) => drawPicture(seed).jpeg().toBuffer()));
    const [picture = Buffer.alloc(0)] = pictures;
    await corpus.add({ content: picture, id: 'first' });
    disk.fill();
    const { added, error } = await addUntilRefused(pictures, 'full');
    expect([error.code, error.message]).toEqual([8, "Cannot write the image index: the server's disk is full"]);
    expect(await readyz()).toEqual([
      200,
      { status: 'ready', warnings: ["Cannot write the image index: the server's disk is full."] },
    ]);
    expect((await corpus.search(picture)).copies.map(({ image }) => image?.id)).toContain('first');

    await stop();
    await start();
    expect(await ids()).toEqual(['first', ...added]);
    expect((await addUntilRefused(pictures, 'again')).error.code).toBe(8);
    const before = await ids();

    disk.empty();
    await corpus.add({ content: picture, id: 'last' });
    expect(await ids()).toEqual([...before, 'last']);
    expect(await readyz()).toEqual([200, { status: 'ready' }]);
  });

  it('is told by a server that has no room to open its index', async () => {
    await start();
    await stop();
    disk.fill();
    const { code, stderr } = await visiond([
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--workers',
      '1',
      '--data-dir',
      disk.folder,
    ]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`The index ${join(disk.folder, 'index.db')} cannot be opened: the disk is full. `),
    ]);
    disk.empty();
  });
});
