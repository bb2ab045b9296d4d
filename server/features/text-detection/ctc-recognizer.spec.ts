import { describe, expect, it } from 'vitest';
import { drawTexts } from '../../../test/draw-text.js';
import { lineIn } from './crop-line.js';
import { ctcModels, loadCtcRecognizer } from './ctc-recognizer.js';
import { textOf } from './recognized-line.js';

const text = 'Итого oil Москва and 1234 ВЖУХ mmm Щука';
const [width, height, size] = [640, 32, 24];
/** Columns without ink between two words. */
const leastGap = 6;

describe('letters', () => {
  it('puts the middle of a word where its ink is', async () => {
    const pixels = await drawTexts(width, height, [{ text, x: 8, y: size, size }]).removeAlpha().raw().toBuffer();
    const image = { width, height, rgb: new Uint8Array(new SharedArrayBuffer(pixels.length)) };
    image.rgb.set(pixels);
    const line = lineIn(image, [{ x: 0, y: 0 }, { x: width, y: 0 }, { x: width, y: height }, { x: 0, y: height }]);
    const read = await (await loadCtcRecognizer(ctcModels.letters)).read(line);
    expect(textOf(read)).toBe(text);

    const inked = Array.from({ length: width }, (_, x) => x).filter((x) => Array.from({ length: height }, (_, y) => pixels[3 * (y * width + x)]!).some((grey) => grey < 128));
    const starts = inked.filter((x, at) => at === 0 || x - inked[at - 1]! > leastGap);
    const ends = inked.filter((x, at) => at === inked.length - 1 || inked[at + 1]! - x > leastGap);
    const steps = read.words.map(({ left, right }, at) => (((left + right) / 2) * width - (starts[at]! + ends[at]! + 1) / 2) / ctcModels.letters.stepWidth);
    // Without its lag it is three quarters of a timestep to the right.
    expect(Math.abs(steps.reduce((sum, step) => sum + step, 0) / steps.length)).toBeLessThan(0.4);
    for (const step of steps) expect(Math.abs(step)).toBeLessThan(1.5);
  });
});
