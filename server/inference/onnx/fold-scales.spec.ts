import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../features/image-copy-search/local-features/seeded-random.js';
import { modelFiles, readModel } from '../model-files.js';
import { foldScales } from './fold-scales.js';
import { readOnnxFile, writeOnnxFile } from './onnx-file.js';
import { createSession, runSession } from './onnx-runtime.js';

/** Models with the shape of an input, and the share of operators that may be left. */
const models = [
  ['detector', modelFiles.textDetector, [1, 3, 96, 128], 0.7],
  ['direction classifier', modelFiles.textDirection, [1, 3, 48, 192], 0.9],
  ['recognizer', modelFiles.chineseRecognizer, [1, 3, 48, 128], 0.7],
] as const;

/** The output of a model for dark strokes on white, similar to text. */
async function outputOf(onnx: Uint8Array, shape: readonly [number, number, number, number]): Promise<Float32Array> {
  const random = mulberry32(7);
  const [, planes, height, width] = shape;
  const strokes = Float32Array.from({ length: height * width }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const isInk = y % 24 > 6 && y % 24 < 20 && (x % 7 < 2 || (y % 24 === 12 && x % 14 < 7));
    return (isInk ? -1 : 1) + 0.1 * random();
  });
  const data = Float32Array.from({ length: planes * height * width }, (_, at) => strokes[at % strokes.length]!);
  const [output] = Object.values(await runSession(await createSession(onnx), data, shape));
  return output!.data;
}

function difference(a: Float32Array, b: Float32Array): number {
  return a.reduce((max, value, at) => Math.max(max, Math.abs(value - b[at]!)), 0);
}

describe.each(models)('foldScales of the %s', (_name, file, shape, left) => {
  it('returns a network with far fewer operators and the same results', async () => {
    const onnx = await readModel(file);
    const folded = foldScales(onnx);
    const count = (bytes: Uint8Array): number => readOnnxFile(bytes).operators.length;
    expect(count(folded)).toBeLessThan(left * count(onnx));
    expect(readOnnxFile(folded).operators.filter(({ type }) => type === 'Clip')).toEqual([]);
    const [before, after] = [await outputOf(onnx, shape), await outputOf(folded, shape)];
    expect(after).toHaveLength(before.length);
    expect(before.some((value) => value > 0.1)).toBe(true);
    expect(difference(before, after)).toBeLessThan(1e-3);
  });

  it('writes what it reads', async () => {
    const onnx = await readModel(file);
    expect(
      difference(await outputOf(writeOnnxFile(readOnnxFile(onnx)), shape), await outputOf(onnx, shape)),
    ).toBeLessThan(1e-5);
  });
});

it('rejects other bytes', () => {
  expect(() => foldScales(Uint8Array.of(8, 9))).toThrow('Not an ONNX file');
});
