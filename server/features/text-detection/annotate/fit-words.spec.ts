import { describe, expect, it } from 'vitest';
import type { RecognizedWord } from '../line/recognized-line.js';
import { fitWords } from './fit-words.js';

const [width, height] = [200, 48];

/** A line of white paper with black rectangles. */
function crop(...ink: ReadonlyArray<readonly [left: number, top: number, right: number, bottom: number]>) {
  const rgb = new Float32Array(3 * width * height).fill(240);
  for (const [left, top, right, bottom] of ink) {
    for (let y = top; y < bottom; y++) rgb.fill(20, 3 * (y * width + left), 3 * (y * width + right));
  }
  return { width, height, rgb };
}

function word(left: number, right: number): RecognizedWord {
  return { text: 'word', left: left / width, right: right / width, top: 0, bottom: 1 };
}

/** Boxes in pixels. */
function fitted(line: ReturnType<typeof crop>, ...words: RecognizedWord[]): number[][] {
  const { words: boxes } = fitWords(line, { words, confidence: 1 });
  return boxes.map(({ left, top, right, bottom }) =>
    [left * width, top * height, right * width, bottom * height].map(Math.round),
  );
}

describe('fitWords', () => {
  it('fits words to their ink, with a margin', () => {
    const line = crop([20, 15, 60, 35], [90, 10, 150, 38]);
    expect(fitted(line, word(10, 75), word(75, 170))).toEqual([
      [16, 11, 64, 39],
      [86, 6, 154, 42],
    ]);
  });

  it('leaves out the lines above and below, and keeps dots and accents', () => {
    const line = crop([20, 18, 60, 36], [25, 12, 30, 15], [20, 0, 60, 3], [20, 46, 60, 48]);
    expect(fitted(line, word(10, 75))).toEqual([[16, 8, 64, 40]]);
  });

  it('finds all of a single character that is wider than its timestep', () => {
    const line = crop([40, 12, 60, 36]);
    expect(fitted(line, { ...word(46, 52), text: '2' })).toEqual([[36, 8, 64, 40]]);
  });

  it('treats the rarer of dark and light as ink', () => {
    const line = crop([20, 15, 60, 35]);
    line.rgb.forEach((value, at) => (line.rgb[at] = 255 - value));
    expect(fitted(line, word(10, 75))).toEqual([[16, 11, 64, 39]]);
  });

  it('keeps the box of a word without ink', () => {
    expect(fitted(crop(), word(10, 75))).toEqual([[10, 0, 75, 48]]);
    expect(fitted(crop([150, 10, 160, 40]), word(10, 75))).toEqual([[10, 0, 75, 48]]);
  });
});
