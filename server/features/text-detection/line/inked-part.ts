import type { LineCrop } from './crop-line.js';

/** A column has ink when its shades differ by so large a part of those of the line. */
const ink = 0.25;
/** What is kept beside the ink, in parts of the height. */
const margin = 1 / 3;

/**
 * The columns of a line from the first ink to the last, with a margin. A recognizer that learned from crops of a detector makes
 * letters of empty paper.
 * @param step that `left` is a multiple of, in pixels
 */
export function inkedPart(crop: LineCrop, step: number): { crop: LineCrop; left: number } {
  const { width, height, rgb } = crop;
  const ranges = Array.from({ length: width }, (_, x) => rangeOf(rgb, x, width, height));
  const least = ink * ranges.reduce((most, range) => Math.max(most, range), 0);
  const first = ranges.findIndex((range) => range > least);
  if (first === -1) return { crop, left: 0 };
  const left = Math.floor(Math.max(0, first - margin * height) / step) * step;
  const right = Math.min(width, Math.ceil(ranges.findLastIndex((range) => range > least) + 1 + margin * height));
  if (left === 0 && right === width) return { crop, left };
  const part = new Float32Array(3 * (right - left) * height);
  for (let y = 0; y < height; y++) {
    part.set(rgb.subarray(3 * (y * width + left), 3 * (y * width + right)), 3 * y * (right - left));
  }
  return { crop: { width: right - left, height, rgb: part }, left };
}

/** How far the shades of green in a column lie apart. */
function rangeOf(rgb: Float32Array, x: number, width: number, height: number): number {
  let [low, high] = [Infinity, -Infinity];
  for (let y = 0; y < height; y++) {
    const shade = rgb[3 * (y * width + x) + 1]!;
    low = Math.min(low, shade);
    high = Math.max(high, shade);
  }
  return high - low;
}
