import type { Image } from '../../../image/image.js';
import type { PixelRegion } from '../../../image/pixel-region.js';

/** A grayscale picture, 0 to 255, row by row from the top left. */
export interface Luma {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * The luma of an image (ITU-R BT.601, as in PDQ). An image whose longer side is at least twice `maxSide` is averaged
 * over squares of pixels, so that its longer side comes close to `maxSide` from above.
 */
export function lumaOf({ width, height, rgb }: Image, maxSide: number): Luma {
  const factor = Math.max(1, Math.floor(Math.max(width, height) / maxSide));
  const outWidth = Math.max(1, Math.floor(width / factor));
  const outHeight = Math.max(1, Math.floor(height / factor));
  const data = new Float32Array(outWidth * outHeight);
  const columns = Math.min(factor, width);
  const rows = Math.min(factor, height);
  const scale = 1 / (rows * columns);
  for (let y = 0; y < outHeight; y++) {
    for (let row = 0; row < rows; row++) {
      let from = 3 * width * (y * factor + row);
      for (let x = 0, to = y * outWidth; x < outWidth; x++, to++) {
        let sum = 0;
        for (let column = 0; column < columns; column++, from += 3) {
          sum += 0.299 * rgb[from]! + 0.587 * rgb[from + 1]! + 0.114 * rgb[from + 2]!;
        }
        data[to]! += sum * scale;
      }
    }
  }
  return { width: outWidth, height: outHeight, data };
}

/** Crops a picture to a region, which must lie within it. */
export function cropLuma(luma: Luma, { left, top, width, height }: PixelRegion): Luma {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * luma.width + left;
    data.set(luma.data.subarray(from, from + width), y * width);
  }
  return { width, height, data };
}
