import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mountSmallDisk } from '../../test/small-disk.js';
import { checksum } from './checksum.js';
import {
  convertedPath,
  convertModel,
  convertUnchecked,
  isConverted,
  readConvertedModel,
} from './converted-model-file.js';
import { convertedModels, type ConvertedModel } from './converted-models.js';
import { loadConvertedModel } from './onnx/onnx-session.js';
import { testPicture, verifyConversion } from './verify-conversion.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visiond-models-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('convertModel', () => {
  it('rejects a file with another checksum', async () => {
    const model = { ...convertedModels.blazeFace, outputs: { logits16: convertedModels.blazeFace.outputs.logits16 } };
    await expect(convertModel(model)).rejects.toThrow(
      /^The converted model blazeface-back has sha256 [\da-f]{64}, expected c3bc9aa1/,
    );
  });

  it.each(Object.values<ConvertedModel>(convertedModels))('has the outputs of TensorFlow.js: $name', async (model) => {
    const onnx = await convertModel(model);
    await expect(verifyConversion(model, onnx)).resolves.toBeUndefined();
  });
});

describe('verifyConversion', () => {
  it('detects a model with other outputs', async () => {
    const { outputs } = convertedModels.blazeFace;
    const swapped = {
      ...convertedModels.blazeFace,
      outputs: { ...outputs, logits16: outputs.logits32, logits32: outputs.logits16 },
    };
    await expect(verifyConversion(swapped, await convertUnchecked(swapped))).rejects.toThrow(
      /^The converted model blazeface-back gives .* instead of .* in its output logits16$/,
    );
  });
});

describe('readConvertedModel', () => {
  const model = convertedModels.blazeFace;

  it('converts once, even for concurrent callers', async () => {
    const copies = await Promise.all(Array.from({ length: 3 }, () => readConvertedModel(model, folder)));
    const path = convertedPath(model, folder);
    expect(await readdir(folder)).toEqual([path.slice(folder.length + 1)]);
    for (const copy of copies) expect(Buffer.compare(copy, await readFile(path))).toBe(0);
    expect(await readConvertedModel({ ...model, package: 'gone' }, folder)).toEqual(await readFile(path));
  });

  it.each([
    ['empty', () => Buffer.alloc(0)],
    ['half', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
    ['garbage', (whole: Buffer) => Buffer.alloc(whole.length, 'garbage')],
    [
      'of 2,000 flipped bits',
      (whole: Buffer) => whole.map((byte, index) => (index % Math.floor(whole.length / 2000) === 0 ? byte ^ 1 : byte)),
    ],
  ])('converts again if the file is %s, and logs that', async (_, damage) => {
    const whole = Buffer.from(await readConvertedModel(model, folder));
    const path = convertedPath(model, folder);
    await writeFile(path, damage(whole));
    expect(await isConverted(model, folder)).toBe(false);
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      expect(whole.equals(await readConvertedModel(model, folder))).toBe(true);
      expect(written.mock.calls.map(([line]) => line)).toEqual([
        expect.stringContaining(`${path} is damaged, converting the model`),
      ]);
      await readConvertedModel(model, folder);
      expect(written).toHaveBeenCalledOnce();
    } finally {
      written.mockRestore();
    }
    expect(await isConverted(model, folder)).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('returns the model even if the disk has no room for its file', async (context) => {
    const disk = mountSmallDisk();
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      context.skip(!disk.mounted);
      const path = convertedPath(model, disk.folder);
      await writeFile(path, 'damaged');
      disk.fill();
      expect(checksum(await readConvertedModel(model, disk.folder))).toBe(model.sha256);
      expect((await readdir(disk.folder)).toSorted()).toEqual(['ballast', basename(path)]);
    } finally {
      written.mockRestore();
      disk.remove();
    }
  });

  it('names the file that it cannot convert again, and the remedy', async () => {
    const path = convertedPath(model, folder);
    const gone = { ...model, package: 'gone' };
    const sentence = (state: string) =>
      `${path} is ${state} and cannot be converted: The npm package gone is not installed. Run \`npm ci\`, or install the release again`;
    await expect(readConvertedModel(gone, folder)).rejects.toThrow(sentence('missing'));
    await writeFile(path, 'garbage');
    await expect(readConvertedModel(gone, folder)).rejects.toThrow(sentence('damaged'));
  });

  it('names the source file with another checksum', async () => {
    const [topology, weights] = model.files;
    const changed: ConvertedModel = { ...model, files: [topology, { ...weights, sha256: '0'.repeat(64) }] };
    await expect(readConvertedModel(changed, folder)).rejects.toThrow(
      /blazeface-back\.bin has sha256 .*, expected 0{64}/,
    );
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('loadConvertedModel', () => {
  it('returns outputs by name', async () => {
    const model = await loadConvertedModel(convertedModels.moderation);
    const { data, shape } = testPicture(convertedModels.moderation);
    const { features, probabilities } = await model.run(data, shape);
    expect([features.shape, probabilities.shape]).toEqual([
      [1, 7, 7, 1792],
      [1, 5],
    ]);
    expect(probabilities.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1);
  });
});
