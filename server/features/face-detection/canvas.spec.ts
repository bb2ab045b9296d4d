import { describe, expect, it } from 'vitest';
import { createCanvasDrawer, shrink } from './canvas.js';

const white = (width: number, height: number) => ({ width, height, rgb: new Uint8Array(3 * width * height).fill(255) });

describe('createCanvasDrawer', () => {
  it('puts the picture at the top left, with black beside it', () => {
    const { width, height, scale, rgb } = createCanvasDrawer(200, 128, [-1, 1])(white(100, 50));
    expect([width, height, scale]).toEqual([256, 128, 2]);
    const at = (x: number, y: number): number => rgb[3 * (y * width + x)] ?? NaN;
    expect([at(0, 0), at(199, 99)]).toEqual([1, 1]);
    expect([at(200, 0), at(0, 100), at(255, 127)]).toEqual([-1, -1, -1]);
  });

  it('clears the previous picture', () => {
    const draw = createCanvasDrawer(200, 128, [0, 255]);
    draw(white(100, 100));
    const { width, height, rgb } = draw(white(25, 100));
    expect([width, height, rgb.length]).toEqual([128, 256, 3 * 128 * 256]);
    expect(rgb.reduce((sum, value) => sum + value, 0)).toBeCloseTo(3 * 255 * 50 * 200, -3);
  });

  it('takes pictures of any shape', () => {
    expect(createCanvasDrawer(1024, 128, [0, 1])(white(1, 5000))).toMatchObject({ width: 128, height: 1024 });
  });
});

describe('shrink', () => {
  it('does not change small pictures', () => {
    const picture = white(10, 20);
    expect(shrink(picture, 20)).toEqual({ picture, scale: 1 });
  });

  it('downscales large ones', () => {
    const { picture, scale } = shrink(white(400, 100), 100);
    expect([picture.width, picture.height, scale, picture.rgb.length]).toEqual([100, 25, 0.25, 7500]);
  });
});
