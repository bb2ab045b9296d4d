import { describe, expect, it } from 'vitest';
import type { LineCrop } from './crop-line.js';
import { trimToInk } from './trim-to-ink.js';

const [width, height, step] = [120, 24, 8];

/** Paper with a stroke between two columns, and shades that differ a little everywhere. */
function lineWithInk(from: number, to: number): LineCrop {
  const rgb = Float32Array.from({ length: 3 * width * height }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    return x >= from && x < to && y > 5 && y < 18 ? 20 : 230 + ((x + y) % 3);
  });
  return { width, height, rgb };
}

describe('trimToInk', () => {
  it('trims empty paper on both sides, except for a margin', () => {
    const { crop, left } = trimToInk(lineWithInk(40, 60), step);
    expect(left).toBe(32);
    expect(crop.width).toBe(60 + 8 - 32);
    expect([...crop.rgb.subarray(3 * crop.width * 10, 3 * crop.width * 11)]).toEqual([
      ...lineWithInk(40, 60).rgb.subarray(3 * (width * 10 + 32), 3 * (width * 10 + 68)),
    ]);
  });

  it('keeps a line that is full of ink, and one without', () => {
    for (const whole of [lineWithInk(2, 118), lineWithInk(0, 0)]) {
      const { crop, left } = trimToInk(whole, step);
      expect([left, crop.width]).toEqual([0, width]);
    }
  });
});
