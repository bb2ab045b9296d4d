import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Image } from './image.js';
import { partOf, resizeRgb } from './resize.js';

function image(width: number, height: number, value: (x: number, y: number, channel: number) => number): Image {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height));
  for (let at = 0; at < rgb.length; at++) {
    const pixel = Math.floor(at / 3);
    rgb[at] = value(pixel % width, Math.floor(pixel / width), at % 3);
  }
  return { width, height, rgb };
}

const side = fc.integer({ min: 1, max: 40 });

describe('resizeRgb', () => {
  it('does not change an image of the same size', () => {
    const source = image(7, 5, (x, y, channel) => 30 * x + 5 * y + channel);
    expect([...resizeRgb(source, 7, 5)]).toEqual([...source.rgb]);
  });

  it('keeps a plain color plain at any size', () => {
    fc.assert(
      fc.property(side, side, side, side, (width, height, toWidth, toHeight) => {
        const resized = resizeRgb(
          image(width, height, (_x, _y, channel) => 50 + 60 * channel),
          toWidth,
          toHeight,
        );
        expect(resized).toHaveLength(3 * toWidth * toHeight);
        for (const [at, value] of resized.entries()) expect(value).toBeCloseTo(50 + 60 * (at % 3), 3);
      }),
    );
  });

  it('keeps the mean when it halves, since every pixel counts', () => {
    const source = image(64, 64, (x, y) => (x * 7 + y * 13) % 256);
    const mean = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(resizeRgb(source, 32, 32))).toBeCloseTo(mean(source.rgb), 0);
  });

  it('interpolates between pixels when it enlarges', () => {
    const resized = resizeRgb(
      image(2, 1, (x) => 100 * x),
      4,
      1,
    );
    expect([0, 3, 6, 9].map((at) => resized[at])).toEqual([0, 25, 75, 100]);
  });
});

describe('partOf', () => {
  it('is resized as if it were an image of its own, without a copy of its pixels', () => {
    const value = (x: number, y: number, channel: number): number => (31 * x + 17 * y + 7 * channel) % 256;
    const whole = image(20, 15, value);
    const part = partOf(whole, { left: 4, top: 3, width: 9, height: 7 });
    const alone = image(9, 7, (x, y, channel) => value(x + 4, y + 3, channel));
    for (const [width, height] of [
      [9, 7],
      [4, 3],
      [20, 2],
    ] as const) {
      expect(resizeRgb(part, width, height)).toEqual(resizeRgb(alone, width, height));
    }
    expect(part.rgb.buffer).toBe(whole.rgb.buffer);
  });
});
