import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIndexClient, VisionCallError } from '../client/index.js';
import { drawPicture } from '../datasets/drawn/draw-picture.js';
import { errorTables } from '../server/errors/errors.js';
import { repositoryRoot } from '../server/paths.js';
import { writeExternalModel } from './external-data-model.js';
import { fixture } from './fixtures.js';
import { post, startTestServer, type TestServer } from './server.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-answers-'));
const data = join(root, 'data folder');
let running: TestServer;

/** Everything that a client was told. */
const answers: string[] = [];
/** Folders of this machine, none of which is a client's business. */
const folders = [data, root, repositoryRoot, tmpdir(), homedir()].filter((folder) => folder !== '/');

beforeAll(async () => {
  running = await startTestServer({ 'data-dir': data, workers: '1' });
});
afterAll(async () => {
  await running.close();
  rmSync(root, { recursive: true });
});

/** Answers with a folder of this machine, since the last call. */
function leaks(): string[] {
  return answers.splice(0).filter((answer) => folders.some((folder) => answer.includes(folder)));
}

async function ask(path: string, init?: RequestInit): Promise<string> {
  const response = await fetch(running.origin + path, init);
  const answer = await response.text();
  answers.push(`${JSON.stringify([...response.headers])}\n${answer}`);
  return answer;
}

async function analyze(features: readonly object[], name = 'black.png'): Promise<string> {
  const content = fixture(name).toString('base64');
  const { json } = await post(running.origin, { analyzeSpecs: [{ content, features }] });
  answers.push(JSON.stringify(json));
  return JSON.stringify(json);
}

const text = (...languageCodes: string[]): object => ({
  type: 'TEXT_DETECTION',
  textDetectionConfig: { languageCodes },
});

describe('no folder of this machine is named', () => {
  it('by descriptions of the API and of the server', async () => {
    for (const path of [
      '/openapi.json',
      '/endpoints',
      '/endpoints/none',
      '/healthz',
      '/readyz',
      '/metrics',
      '/',
      '/../../etc',
    ]) {
      expect(await ask(path)).not.toBe('');
    }
    expect(leaks()).toEqual([]);
  });

  it('by languages that are missing or damaged', async () => {
    expect(await analyze([text('th')])).toContain('copy tha.traineddata to the folder tessdata of its data folder');
    mkdirSync(join(data, 'tessdata'));
    writeFileSync(join(data, 'tessdata', 'tha.traineddata'), 'damaged');
    await analyze([text('th')], 'faces.png');
    mkdirSync(join(data, 'tessdata', 'jpn.traineddata'));
    await analyze([text('ja')], 'faces.png');
    expect(leaks()).toEqual([]);
  });

  it('by models that are missing or damaged', async () => {
    const spoil: Readonly<Record<string, (folder: string) => void>> = {
      'no-model': (folder) => rmSync(join(folder, 'model.onnx')),
      'no-manifest': (folder) => rmSync(join(folder, 'manifest.json')),
      'bad-manifest': (folder) => writeFileSync(join(folder, 'manifest.json'), '{'),
      'manifest-folder': (folder) => {
        rmSync(join(folder, 'manifest.json'));
        mkdirSync(join(folder, 'manifest.json'));
      },
      'model-folder': (folder) => {
        rmSync(join(folder, 'model.onnx'));
        mkdirSync(join(folder, 'model.onnx'));
      },
      'model-circle': (folder) => {
        rmSync(join(folder, 'model.onnx'));
        symlinkSync(join(folder, 'model.onnx'), join(folder, 'model.onnx'));
      },
      'labels-circle': (folder) => {
        rmSync(join(folder, 'labels.txt'));
        symlinkSync(join(folder, 'labels.txt'), join(folder, 'labels.txt'));
      },
      'no-onnx': (folder) => writeFileSync(join(folder, 'model.onnx'), 'hello'),
      'other-file': (folder) => writeFileSync(join(folder, 'model.onnx'), writeExternalModel('package.json')),
      'missing-file': (folder) => writeFileSync(join(folder, 'model.onnx'), writeExternalModel('missing.bin')),
      'outer-file': (folder) => writeFileSync(join(folder, 'model.onnx'), writeExternalModel('../../etc/passwd')),
    };
    for (const [name, change] of Object.entries(spoil)) {
      const folder = join(data, 'models', name);
      cpSync(join(repositoryRoot, 'examples/classifiers/brightness'), folder, { recursive: true });
      change(folder);
      const answer = await analyze([{ type: 'CLASSIFICATION', classificationConfig: { model: name } }]);
      expect(answer).toContain(`Model ${name} cannot be used: `);
    }
    expect(await analyze([{ type: 'CLASSIFICATION', classificationConfig: { model: 'none' } }])).toContain('Known: ');
    expect(leaks()).toEqual([]);
  });

  it('by a model for faces that is damaged', async () => {
    writeFileSync(join(data, 'models', 'yunet.onnx'), 'damaged');
    await analyze([{ type: 'FACE_DETECTION' }]);
    await ask('/readyz');
    expect(leaks()).toEqual([]);
  });

  it('by an index that is gone', async () => {
    const corpus = createIndexClient({ endpoint: running.endpoint, folderId: 'f' });
    const picture = await drawPicture(1).jpeg().toBuffer();
    await corpus.add({ content: picture, id: 'one' });
    const away = join(root, 'away');
    await rename(data, away);
    const error: unknown = await corpus.add({ content: picture }).catch((thrown: unknown) => thrown);
    if (!(error instanceof VisionCallError)) throw new Error('The image was added');
    answers.push(error.message, ...error.details.map(({ value }) => value.toString()));
    expect(await ask('/readyz')).toContain('warnings');
    await rename(away, data);
    corpus.close();
    expect(leaks()).toEqual([]);
  });

  it('by calls that are malformed', async () => {
    const batch = '/vision/v1/batchAnalyze';
    for (const body of ['', '{', '[]', '{"folderId":1}', '{"analyzeSpecs":[{"content":"/etc/passwd"}]}', '\u0000']) {
      expect(await ask(batch, { method: 'POST', body })).toContain('"code"');
    }
    const headers = { 'content-encoding': 'gzip' };
    expect(await ask(batch, { method: 'POST', body: 'plain', headers })).toContain('"code"');
    expect(await ask(batch, { method: 'PUT' })).toContain('"code"');
    expect(await ask('/nowhere')).toContain('Not found: /nowhere');
    expect(leaks()).toEqual([]);
  });

  it('by keys that cannot be read', async () => {
    await running.close();
    running = await startTestServer({ 'data-dir': data, workers: '1', auth: 'keys' });
    writeFileSync(join(data, 'keys.json'), '{');
    const authorization = 'Api-Key vd_00_x';
    await ask('/index/v1/images', { headers: { authorization } });
    const body = JSON.stringify({ yandexPassportOauthToken: 'vd_00_x' });
    await ask('/iam/v1/tokens', { method: 'POST', body });
    expect(await ask('/readyz')).toContain('warnings');
    await rm(join(data, 'keys.json'));
    expect(leaks()).toEqual([]);
  });
});

it('no text of an error has a part for a file or a folder of the server', () => {
  const parts = Object.values(errorTables)
    .flatMap((table) => Object.entries(table))
    .flatMap(([reason, [, words]]) =>
      [...words.matchAll(/\{(file|folder|path|host|dir)\w*\}/g)].map(([part]) => [reason, part]),
    );
  // The folder of a corpus, the path of a URL, and the name of a file without its folder.
  expect(parts).toEqual([
    ['FOLDER_MISMATCH', '{folder}'],
    ['HOST_NOT_ALLOWED', '{host}'],
    ['IMAGE_NOT_FOUND', '{folder}'],
    ['UNKNOWN_PATH', '{path}'],
    ['WRONG_VERB', '{path}'],
    ['LANGUAGE_NOT_INSTALLED', '{file}'],
  ]);
});
