import { describe, expect, it } from 'vitest';
import { drawTexts, type DrawnText } from '../../../test/draw-text.js';
import { lineIn } from './crop-line.js';
import { ctcModels, loadCtcRecognizer } from './ctc-recognizer.js';
import { textOf, type RecognizedLine } from './recognized-line.js';

const text = 'Итого oil Москва and 1234 ВЖУХ mmm Щука';
const [width, height, size] = [960, 32, 24];
/** Columns without ink between two words. */
const leastGap = 6;

const recognizer = await loadCtcRecognizer(ctcModels.letters);

async function readDrawn(texts: readonly DrawnText[]): Promise<{ read: RecognizedLine; pixels: Buffer }> {
  const pixels = await drawTexts(width, height, texts).removeAlpha().raw().toBuffer();
  const image = { width, height, rgb: new Uint8Array(new SharedArrayBuffer(pixels.length)) };
  image.rgb.set(pixels);
  const line = lineIn(image, [{ x: 0, y: 0 }, { x: width, y: 0 }, { x: width, y: height }, { x: 0, y: height }]);
  return { read: await recognizer.read(line), pixels };
}

describe('letters', () => {
  it('puts the middle of a word where its ink is', async () => {
    const { read, pixels } = await readDrawn([{ text, x: 8, y: size, size }]);
    expect(textOf(read)).toBe(text);

    const hasInk = (x: number): boolean => Array.from({ length: height }, (_, y) => pixels[3 * (y * width + x)]!).some((grey) => grey < 128);
    const inked = Array.from({ length: width }, (_, x) => x).filter(hasInk);
    const starts = inked.filter((x, at) => at === 0 || x - inked[at - 1]! > leastGap);
    const ends = inked.filter((x, at) => at === inked.length - 1 || inked[at + 1]! - x > leastGap);
    const steps = read.words.map(({ left, right }, at) => (((left + right) / 2) * width - (starts[at]! + ends[at]! + 1) / 2) / ctcModels.letters.stepWidth);
    // Without its lag it is three quarters of a timestep to the right.
    expect(Math.abs(steps.reduce((sum, step) => sum + step, 0) / steps.length)).toBeLessThan(0.4);
    for (const step of steps) expect(Math.abs(step)).toBeLessThan(1.5);
  });

  it('reads nothing in wide gaps', async () => {
    const words = text.split(' ');
    const { read } = await readDrawn(words.map((word, index) => ({ text: word, x: 8 + index * 118, y: size, size })));
    expect(textOf(read)).toBe(text);
  });
});
