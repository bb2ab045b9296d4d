import type { Image } from '../../image/image.js';
import type { Region } from './luma.js';

/** Averages over squares of pixels, so that the longer side comes close to `maxSide` from above. Small images stay. */
export function shrinkRgb(image: Image, maxSide: number): Image {
  const factor = Math.floor(Math.max(image.width, image.height) / maxSide);
  if (factor < 2 || Math.min(image.width, image.height) < factor) return image;
  const width = Math.floor(image.width / factor);
  const height = Math.floor(image.height / factor);
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height));
  const sums = new Uint32Array(3 * width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let row = 0; row < factor; row++) {
      let from = 3 * image.width * (y * factor + row);
      for (let x = 0; x < width; x++) {
        for (let column = 0; column < factor; column++, from += 3) {
          sums[3 * x]! += image.rgb[from]!;
          sums[3 * x + 1]! += image.rgb[from + 1]!;
          sums[3 * x + 2]! += image.rgb[from + 2]!;
        }
      }
    }
    for (let at = 0; at < sums.length; at++) rgb[3 * width * y + at] = sums[at]! / (factor * factor);
  }
  return { width, height, rgb };
}

/** Cuts a region out. */
export function cropRgb(image: Image, { left, top, width, height }: Region): Image {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height));
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * image.width + left);
    rgb.set(image.rgb.subarray(from, from + 3 * width), 3 * y * width);
  }
  return { width, height, rgb };
}
