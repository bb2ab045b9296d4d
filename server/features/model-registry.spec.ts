import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config.js';
import { listModels, type Model } from './model-registry.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-models-'));
let models: readonly Model[];

beforeAll(async () => {
  mkdirSync(join(folder, 'tessdata'));
  writeFileSync(join(folder, 'tessdata/jpn.traineddata'), '');
  mkdirSync(join(folder, 'models/cats'), { recursive: true });
  writeFileSync(join(folder, 'models/yunet_n_dynamic.onnx'), 'half a download');
  models = await listModels(readConfig({ 'data-dir': folder }, {}));
});
afterAll(() => rm(folder, { recursive: true }));

function modelNamed(name: string): Model {
  const model = models.find((each) => each.name === name);
  if (model === undefined) throw new Error(`There is no model ${name}`);
  return model;
}

describe('listModels', () => {
  it('lists models of every kind, each once', () => {
    const kinds = new Set(models.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['packaged', 'converted', 'fitted', 'pulled', 'operator', 'language']));
    expect(new Set(models.map(({ kind, name }) => `${kind} ${name}`)).size).toBe(models.length);
  });

  it('finds what is part of the installation whole', async () => {
    const own = models.filter(({ kind }) => kind === 'packaged' || kind === 'fitted');
    expect(own.length).toBeGreaterThan(5);
    for (const { check } of own) expect(await check()).toContain('checksum OK');
  });

  it('says what is wrong with a model of the operator and with one that was pulled', async () => {
    await expect(modelNamed('cats').check()).rejects.toThrow('model.onnx is missing');
    await expect(modelNamed('yunet').check()).rejects.toThrow('yunet_n_dynamic.onnx has sha256');
  });

  it('knows which languages have data, and how to add the others', () => {
    expect(modelNamed('ja')).toMatchObject({ source: join(folder, 'tessdata/jpn.traineddata'), remedy: undefined });
    expect(models.find(({ kind, remedy }) => kind === 'language' && remedy !== undefined)).toMatchObject({
      remedy: expect.stringMatching(/^visiond models pull [a-z]{2}$/),
    });
    expect(models.some(({ kind, name }) => kind === 'language' && name === 'ru')).toBe(false);
  });
});
