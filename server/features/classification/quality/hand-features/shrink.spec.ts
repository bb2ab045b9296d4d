import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Image } from '../../../../image/image.js';
import { shrinkByArea } from './shrink.js';

function image(width: number, height: number, value: (at: number) => number): Image {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height));
  for (let at = 0; at < rgb.length; at++) rgb[at] = value(at);
  return { width, height, rgb };
}

describe('shrinkByArea', () => {
  it('averages whole pixels', () => {
    const shrunk = shrinkByArea(
      image(4, 2, (at) => 10 * Math.floor(at / 3)),
      2,
      1,
    );
    expect([...shrunk]).toEqual([25, 25, 25, 45, 45, 45]);
  });

  it('divides pixels that overlap two new ones', () => {
    const shrunk = shrinkByArea(
      image(3, 1, (at) => [0, 90, 30][Math.floor(at / 3)]!),
      2,
      1,
    );
    expect(shrunk[0]).toBeCloseTo(30, 4);
    expect(shrunk[3]).toBeCloseTo(50, 4);
  });

  it('keeps the mean and a plain color, at any size', () => {
    const sides = fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }))
      .map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const);
    fc.assert(
      fc.property(sides, sides, ([width, toWidth], [height, toHeight]) => {
        for (const value of shrinkByArea(
          image(width, height, () => 77),
          toWidth,
          toHeight,
        )) {
          expect(value).toBeCloseTo(77, 3);
        }
        const source = image(width, height, (at) => (at * 37) % 256);
        const mean = (values: ArrayLike<number>): number =>
          Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
        expect(mean(shrinkByArea(source, toWidth, toHeight))).toBeCloseTo(mean(source.rgb), 2);
      }),
    );
  });
});
