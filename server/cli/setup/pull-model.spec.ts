import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PulledModel } from '../../inference/pulled-models.js';
import { pullModel } from './pull-model.js';

const content = Buffer.from('a model');
let folder: string;
let server: Server;
let requests: number;
let model: PulledModel;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'visiond-pull-')), 'models');
  requests = 0;
  server = createServer((request, response) => {
    requests++;
    response.writeHead(request.url === '/model.onnx' ? 200 : 404).end(content);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const sha256 = createHash('sha256').update(content).digest('hex');
  model = {
    name: 'm',
    purpose: '',
    fileName: 'm.onnx',
    url: `http://127.0.0.1:${port}/model.onnx`,
    sha256,
    license: '',
  };
});
afterEach(async () => {
  server.close();
  await rm(join(folder, '..'), { recursive: true });
});

describe('pullModel', () => {
  it('downloads once', async () => {
    const path = join(folder, 'm.onnx');
    expect(await pullModel(model, folder)).toEqual({ found: true, message: `Model m: downloaded to ${path}` });
    expect(await readdir(folder)).toEqual(['m.onnx']);
    expect(await readFile(path)).toEqual(content);
    expect(await pullModel(model, folder)).toEqual({ found: true, message: `Model m: already installed as ${path}` });
    expect(requests).toBe(1);
  });

  it('replaces a file that is not the right one', async () => {
    await pullModel(model, folder);
    await writeFile(join(folder, 'm.onnx'), 'half');
    expect((await pullModel(model, folder)).message).toContain('downloaded');
    expect(await readFile(join(folder, 'm.onnx'))).toEqual(content);
  });

  it.each([
    [
      { url: 'http://127.0.0.1:1/model.onnx' },
      /^Model m could not be downloaded: .*\. To install it manually, download http:\/\/127\.0\.0\.1:1\/model\.onnx as .*models\/m\.onnx\.$/,
    ],
    [{ url: 'http://nowhere.invalid/model.onnx' }, /^Model m could not be downloaded: .*nowhere\.invalid/],
    [
      { sha256: '0' },
      /^Model m was not installed: the download has sha256 [\da-f]{64}, expected 0\. To install it manually/,
    ],
  ])('says what went wrong and what to do: %j', async (change, sentence) => {
    const { found, message } = await pullModel({ ...model, ...change }, folder);
    expect([found, message]).toEqual([false, expect.stringMatching(sentence)]);
  });

  it('says which HTTP status it got', async () => {
    const { message } = await pullModel({ ...model, url: model.url.replace('model', 'gone') }, folder);
    expect(message).toContain('could not be downloaded: HTTP status 404');
  });
});
