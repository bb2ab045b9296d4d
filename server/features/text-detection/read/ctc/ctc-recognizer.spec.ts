import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawTexts, type DrawnText } from '../../../../../datasets/drawn/draw-text.js';
import { modelPath } from '../../../../inference/model-files.js';
import { repositoryRoot } from '../../../../paths.js';
import { createLineSource, type LineSource } from '../../line/crop-line.js';
import { wholeImage } from '../../line/geometry.js';
import { textOf, type RecognizedLine } from '../../line/recognized-line.js';
import { latinCyrillic, latinCyrillicModel } from '../latin-cyrillic.js';
import { loadedOnFirstRead } from '../recognizers.js';
import { loadCtcRecognizer } from './ctc-recognizer.js';

const text = 'Итого oil Москва and 1234 ВЖУХ mmm Щука';
const [width, height, size] = [960, 32, 24];
/** Columns without ink between two words. */
const minGap = 6;

const recognizer = await loadCtcRecognizer(latinCyrillicModel);

async function draw(texts: readonly DrawnText[]): Promise<{ line: LineSource; pixels: Buffer }> {
  const pixels = await drawTexts(width, height, texts).removeAlpha().raw().toBuffer();
  const image = { width, height, rgb: new Uint8Array(new SharedArrayBuffer(pixels.length)) };
  image.rgb.set(pixels);
  return {
    line: createLineSource(image, wholeImage(image)),
    pixels,
  };
}

async function readDrawn(texts: readonly DrawnText[]): Promise<{ read: RecognizedLine; pixels: Buffer }> {
  const { line, pixels } = await draw(texts);
  return { read: await recognizer.read(line), pixels };
}

describe('the recognizer for Latin and Cyrillic', () => {
  it('puts the middle of a word where its ink is', async () => {
    const { read, pixels } = await readDrawn([{ text, x: 8, y: size, size }]);
    expect(textOf(read)).toBe(text);

    const hasInk = (x: number): boolean =>
      Array.from({ length: height }, (_, y) => pixels[3 * (y * width + x)]!).some((gray) => gray < 128);
    const inked = Array.from({ length: width }, (_, x) => x).filter(hasInk);
    const starts = inked.filter((x, at) => at === 0 || x - inked[at - 1]! > minGap);
    const ends = inked.filter((x, at) => at === inked.length - 1 || inked[at + 1]! - x > minGap);
    const steps = read.words.map(
      ({ left, right }, at) =>
        (((left + right) / 2) * width - (starts[at]! + ends[at]! + 1) / 2) / latinCyrillicModel.pixelsPerStep,
    );
    // Without `peakDelaySteps` it is three quarters of a timestep to the right.
    expect(Math.abs(steps.reduce((sum, step) => sum + step, 0) / steps.length)).toBeLessThan(0.4);
    for (const step of steps) expect(Math.abs(step)).toBeLessThan(1.5);
  });

  it('reads nothing in wide gaps', async () => {
    const words = text.split(' ');
    const { read } = await readDrawn(words.map((word, index) => ({ text: word, x: 8 + index * 118, y: size, size })));
    expect(textOf(read)).toBe(text);
  });
});

describe('loadedOnFirstRead', () => {
  it('loads again after a load that failed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'visiond-recognizer-'));
    const file = join(folder, 'letters.onnx');
    writeFileSync(file, 'half a model');
    const { model } = latinCyrillicModel;
    const damaged = { ...latinCyrillicModel, model: { ...model, path: relative(repositoryRoot, file) } };
    const onFirstRead = loadedOnFirstRead({ ...latinCyrillic, load: () => loadCtcRecognizer(damaged) });
    const { line } = await draw([{ text, x: 8, y: size, size }]);
    await expect(onFirstRead.read(line)).rejects.toThrow('expected');
    copyFileSync(modelPath(model), file);
    expect(textOf(await onFirstRead.read(line))).toBe(text);
    rmSync(folder, { recursive: true });
  });
});
