import type { Image } from '../../../../image/image.js';
import { shrinkByArea } from './shrink.js';

/** One channel of an image: floats, row by row from the top left. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * The image at the size that features are measured at: luma 0..255, and the two color differences around 0 (BT.601).
 */
export interface WorkingImage {
  readonly luma: Plane;
  readonly blueDifference: Plane;
  readonly redDifference: Plane;
  /** Red, green, blue interleaved, floats of 0..255. */
  readonly rgb: Float32Array;
}

/**
 * Maximum number of pixels that features are measured on. The raters of the training set saw 512 x 512 pixels on a
 * screen, so quality means quality at that size: larger photos are downscaled to as many pixels, which also bounds the
 * time. Smaller ones are not upscaled, which would blur them.
 */
export const workingPixels = 512 * 512;

/** Downscales an image to its working size, and separates its channels. */
export function workingImage(image: Image): WorkingImage {
  const shrink = Math.min(1, Math.sqrt(workingPixels / (image.width * image.height)));
  const width = Math.max(1, Math.round(image.width * shrink));
  const height = Math.max(1, Math.round(image.height * shrink));
  const rgb = shrink === 1 ? Float32Array.from(image.rgb) : shrinkByArea(image, width, height);
  const plane = (): Plane => ({ width, height, data: new Float32Array(width * height) });
  const [luma, blueDifference, redDifference] = [plane(), plane(), plane()];
  for (let at = 0, from = 0; at < width * height; at++, from += 3) {
    const blue = rgb[from + 2]!;
    const red = rgb[from]!;
    const y = 0.299 * red + 0.587 * rgb[from + 1]! + 0.114 * blue;
    luma.data[at] = y;
    blueDifference.data[at] = 0.564 * (blue - y);
    redDifference.data[at] = 0.713 * (red - y);
  }
  return { luma, blueDifference, redDifference, rgb };
}

/** Halves both sides by averaging 2 x 2 pixels. An odd last column or row is dropped. */
export function halve({ width, height, data }: Plane): Plane {
  const [toWidth, toHeight] = [Math.max(1, width >> 1), Math.max(1, height >> 1)];
  const [right, down] = [width > 1 ? 1 : 0, height > 1 ? width : 0];
  const half = new Float32Array(toWidth * toHeight);
  for (let y = 0, at = 0; y < toHeight; y++) {
    for (let x = 0, from = 2 * y * width; x < toWidth; x++, from += 2) {
      half[at++] = (data[from]! + data[from + right]! + data[from + down]! + data[from + down + right]!) / 4;
    }
  }
  return { width: toWidth, height: toHeight, data: half };
}
