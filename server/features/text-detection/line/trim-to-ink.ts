import type { LineCrop } from './crop-line.js';

/** A column has ink if its gray levels span more than this share of the widest span of a column. Chosen by hand. */
const minInkSpan = 0.25;
/** Margin beside the ink, in heights of the line. Chosen by hand. */
const margin = 1 / 3;

/**
 * Crops a line to its ink, with a margin. On empty paper beside the text, which crops of a detector do not have, a
 * recognizer reads letters.
 * @param step of which the offset `left` is a multiple, in pixels
 */
export function trimToInk(crop: LineCrop, step: number): { crop: LineCrop; left: number } {
  const { width, height, rgb } = crop;
  const columns = inkColumns(crop);
  const first = columns.indexOf(true);
  if (first === -1) return { crop, left: 0 };
  const last = columns.lastIndexOf(true);
  const left = Math.floor(Math.max(0, first - margin * height) / step) * step;
  const right = Math.min(width, Math.ceil(last + 1 + margin * height));
  if (left === 0 && right === width) return { crop, left };
  const trimmed = new Float32Array(3 * (right - left) * height);
  for (let y = 0; y < height; y++) {
    trimmed.set(rgb.subarray(3 * (y * width + left), 3 * (y * width + right)), 3 * y * (right - left));
  }
  return { crop: { width: right - left, height, rgb: trimmed }, left };
}

/** Whether each column of a line has ink. */
export function inkColumns({ width, height, rgb }: LineCrop): boolean[] {
  const spans = Array.from({ length: width }, (_, x) => spanOf(rgb, x, width, height));
  const minSpan = minInkSpan * spans.reduce((max, span) => Math.max(max, span), 0);
  return spans.map((span) => span > minSpan);
}

/** Difference between the highest and the lowest green of a column. */
function spanOf(rgb: Float32Array, x: number, width: number, height: number): number {
  let [low, high] = [Infinity, -Infinity];
  for (let y = 0; y < height; y++) {
    const green = rgb[3 * (y * width + x) + 1]!;
    low = Math.min(low, green);
    high = Math.max(high, green);
  }
  return high - low;
}
