import { expect, it } from 'vitest';
import { rotatedCounterclockwise } from './rotate.js';

it('rotates an image counterclockwise', () => {
  const rgb = new Uint8Array(new SharedArrayBuffer(18));
  rgb.set([1, 2, 3, 4, 5, 6].flatMap((pixel) => [pixel, 10 * pixel, 20 * pixel]));
  const turned = rotatedCounterclockwise({ width: 3, height: 2, rgb });
  expect([turned.width, turned.height]).toEqual([2, 3]);
  expect([...turned.rgb]).toEqual([3, 6, 2, 5, 1, 4].flatMap((pixel) => [pixel, 10 * pixel, 20 * pixel]));
});
