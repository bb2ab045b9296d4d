import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { drawTexts } from '../../../../datasets/drawn/draw-text.js';
import { createLineSource } from '../line/crop-line.js';
import { wholeImage } from '../line/geometry.js';
import { textOf } from '../line/recognized-line.js';
import { createTesseractDataFinder } from './tesseract-data.js';
import { TesseractRecognizer } from './tesseract-recognizer.js';

const require = createRequire(import.meta.url);
const [width, height] = [400, 60];

it('loads Tesseract again after a load that failed', async () => {
  const english = await createTesseractDataFinder(tmpdir()).find('eng');
  if (english === undefined) throw new Error('There are no data of English');
  const pixels = await drawTexts(width, height, [{ text: 'Four words of text', x: 20, y: 42, size: 36 }])
    .removeAlpha()
    .raw()
    .toBuffer();
  const image = { width, height, rgb: new Uint8Array(new SharedArrayBuffer(pixels.length)) };
  image.rgb.set(pixels);
  const line = createLineSource(image, wholeImage(image));

  const name = 'tesseract.js-core/tesseract-core-simd-lstm';
  require(name);
  const cached = require.cache[require.resolve(name)];
  if (cached === undefined) throw new Error('The module is not cached');
  const { exports } = cached;
  cached.exports = () => Promise.reject(new Error('out of memory'));
  const recognizer = new TesseractRecognizer();
  await expect(recognizer.read(line, [english])).rejects.toThrow('out of memory');
  cached.exports = exports;
  expect(textOf(await recognizer.read(line, [english]))).toBe('Four words of text');
});
