import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { convertedPath, convertModel, readConvertedModel } from './converted-model-file.js';
import { convertedModels, type ConvertedModel } from './converted-models.js';
import { loadConvertedModel } from './onnx-session.js';
import { testPicture, verifyConversion } from './verify-conversion.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visiond-models-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('convertModel', () => {
  it.each(Object.values<ConvertedModel>(convertedModels))('gives what TensorFlow.js gives: $name', async (model) => {
    const onnx = await convertModel(model);
    await expect(verifyConversion(model, onnx)).resolves.toBeUndefined();
  });
});

describe('verifyConversion', () => {
  it('notices a model that gives something else', async () => {
    const { outputs } = convertedModels.blazeFace;
    const swapped = { ...convertedModels.blazeFace, outputs: { ...outputs, logits16: outputs.logits32, logits32: outputs.logits16 } };
    await expect(verifyConversion(swapped, await convertModel(swapped))).rejects.toThrow(
      /^The converted model blazeface-back gives .* instead of .* in its output logits16$/,
    );
  });
});

describe('readConvertedModel', () => {
  const model = convertedModels.blazeFace;

  it('converts once, also when many ask at the same time', async () => {
    const copies = await Promise.all(Array.from({ length: 3 }, () => readConvertedModel(model, folder)));
    const path = convertedPath(model, folder);
    expect(await readdir(folder)).toEqual([path.slice(folder.length + 1)]);
    for (const copy of copies) expect(Buffer.compare(copy, await readFile(path))).toBe(0);
    expect(await readConvertedModel({ ...model, package: 'gone' }, folder)).toEqual(await readFile(path));
  });

  it('names the file that is not the one that was measured', async () => {
    const [topology, weights] = model.files;
    const changed: ConvertedModel = { ...model, files: [topology, { ...weights, sha256: '0'.repeat(64) }] };
    await expect(readConvertedModel(changed, folder)).rejects.toThrow(/blazeface-back\.bin has sha256 .*, expected 0{64}/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('lies elsewhere for other sources or another part of the model', () => {
    const paths = [
      model,
      { ...model, version: '0.0.4' },
      { ...model, files: [model.files[0], { ...model.files[1], sha256: '0' }] } as const,
      { ...model, outputs: { logits16: 'Identity' } },
    ].map((variant) => convertedPath(variant));
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe('loadConvertedModel', () => {
  it('gives outputs by their names', async () => {
    const model = await loadConvertedModel(convertedModels.moderation);
    const { data, shape } = testPicture(convertedModels.moderation);
    const { features, probabilities } = await model.run(data, shape);
    expect([features.shape, probabilities.shape]).toEqual([[1, 7, 7, 1792], [1, 5]]);
    expect(probabilities.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1);
  });
});
