import { describe, expect, it } from 'vitest';
import type { Image } from './image.js';
import { leveled, levelingOf, rotatedCounterclockwise, unleveled } from './rotate.js';

it('rotates an image counterclockwise', () => {
  const rgb = new Uint8Array(new SharedArrayBuffer(18));
  rgb.set([1, 2, 3, 4, 5, 6].flatMap((pixel) => [pixel, 10 * pixel, 20 * pixel]));
  const turned = rotatedCounterclockwise({ width: 3, height: 2, rgb });
  expect([turned.width, turned.height]).toEqual([2, 3]);
  expect([...turned.rgb]).toEqual([3, 6, 2, 5, 1, 4].flatMap((pixel) => [pixel, 10 * pixel, 20 * pixel]));
});

describe('leveling', () => {
  const degrees = (count: number): number => (count * Math.PI) / 180;

  /** A white square with a black bar through its middle that runs down to the right at 45 degrees. */
  function diagonal(side: number): Image {
    const rgb = new Uint8Array(new SharedArrayBuffer(3 * side * side)).fill(255);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) if (Math.abs(x - y) < 8) rgb.fill(0, 3 * (y * side + x), 3 * (y * side + x) + 3);
    }
    return { width: side, height: side, rgb };
  }

  it('makes level what was tilted, on the ground of the image', () => {
    const image = diagonal(200);
    const leveling = levelingOf(image, degrees(45), 1e6);
    const { width, height, rgb } = leveled(image, leveling);
    expect([width, height]).toEqual([282, 282]);
    const redAt = (x: number, y: number): number => rgb[3 * (y * width + x)]!;
    for (const x of [20, 100, 141, 260]) expect(redAt(x, 141)).toBeLessThan(10);
    for (const y of [100, 180]) expect(redAt(141, y)).toBe(255);
    // The corners of the image are black at two ends of the bar and white at the others.
    expect(redAt(2, 2)).toBe(Math.round(255 / 2));
  });

  it('is reduced to a number of pixels', () => {
    const image = diagonal(400);
    const leveling = levelingOf(image, degrees(30), 60_000);
    expect(leveling.width * leveling.height).toBeLessThanOrEqual(60_000);
    const level = leveled(image, leveling);
    // The bar goes through the middle at any angle.
    expect(level.rgb[3 * ((level.height >> 1) * level.width + (level.width >> 1))]).toBeLessThan(40);
  });

  it('can be ended at any row', () => {
    const image = diagonal(100);
    let rows = 0;
    const end = (): void => {
      if (++rows === 3) throw new Error('ended');
    };
    expect(() => leveled(image, levelingOf(image, 1, 1e6), end)).toThrow('ended');
    expect(rows).toBe(3);
  });

  it('knows where its points are in the image', () => {
    const image = { width: 300, height: 100 };
    const leveling = levelingOf(image, degrees(90), 1e6);
    expect([leveling.width, leveling.height]).toEqual([100, 300]);
    const { x, y } = unleveled(image, leveling, { x: 0, y: 0 });
    expect(x).toBeCloseTo(300);
    expect(y).toBeCloseTo(0);
    const middle = unleveled(image, levelingOf(image, 1, 1000), { x: 0, y: 0 });
    const { width, height, scale } = levelingOf(image, 1, 1000);
    expect(Math.hypot(middle.x - 150, middle.y - 50)).toBeCloseTo(Math.hypot(width / 2, height / 2) / scale);
  });
});
