import type { Image } from './image.js';
import type { PixelRegion } from './pixel-region.js';

/** An image, a part of it, or one derived from it: red, green and blue of 0..255, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array | Float32Array;
  /** Pixels from one row to the next: `width`, unless this is a part of a wider picture. */
  readonly stride?: number;
}

/** A region of an image. Nothing is copied: the pixels are those of the image. */
export function partOf(image: Image, { left, top, width, height }: PixelRegion): Picture {
  const first = top * image.width + left;
  const end = first + (height - 1) * image.width + width;
  return { width, height, rgb: image.rgb.subarray(3 * first, 3 * end), stride: image.width };
}

/** Source positions and weights of every target position along one axis, `taps` of them each. */
interface AxisFilter {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Resizes to `width` x `height` with a triangle filter (bilinear), which is widened when downscaling so that every
 * source pixel counts. Returns floats of 0..255, three channels interleaved.
 */
export function resizeRgb(image: Picture, width: number, height: number): Float32Array {
  const out = new Float32Array(3 * width * height);
  resizeInto(image, width, height, out, 3 * width, 1, 0);
  return out;
}

/**
 * As `resizeRgb`, into `out`, where a row begins every `stride` floats. Writes `factor * value + offset` for every
 * value.
 */
export function resizeInto(
  image: Picture,
  width: number,
  height: number,
  out: Float32Array,
  stride: number,
  factor: number,
  offset: number,
): void {
  const writeRow = rowResizer(image, width, height);
  for (let y = 0; y < height; y++) writeRow(y, out.subarray(y * stride, y * stride + 3 * width), factor, offset);
}

/**
 * As `resizeRgb`, row by row, for those who want the pixels in another order.
 * @returns a function that writes a row, `factor * value + offset` for every value. To be called from the top to the
 * bottom.
 */
export function rowResizer(
  image: Picture,
  width: number,
  height: number,
): (y: number, to: Float32Array, factor: number, offset: number) => void {
  const horizontal = axisFilter(image.width, width);
  const vertical = axisFilter(image.height, height);
  // Every row is resized horizontally once, and kept as long as output rows need it.
  const rows = new Map<number, Float32Array>();
  const unused: Float32Array[] = [];
  const resizedRow = (row: number): Float32Array => {
    let resized = rows.get(row);
    if (resized === undefined) {
      resized = unused.pop() ?? new Float32Array(3 * width);
      resizeRow(image, row, horizontal, resized);
      rows.set(row, resized);
    }
    return resized;
  };
  return (y, to, factor, offset) => {
    const first = vertical.first[y]!;
    for (const [row, resized] of rows) {
      if (row >= first) continue;
      rows.delete(row);
      unused.push(resized);
    }
    const at = y * vertical.taps;
    // Two taps at a time: upscaling has no more, and passes over the output take most of the time.
    for (let tap = 0; tap < vertical.taps; tap += 2) {
      const weight = vertical.weights[at + tap]!;
      if (weight === 0) break;
      const next = tap + 1 < vertical.taps ? vertical.weights[at + tap + 1]! : 0;
      const upper = resizedRow(first + tap);
      const lower = next === 0 ? upper : resizedRow(first + tap + 1);
      if (tap === 0) mixRows(to, upper, weight * factor, lower, next * factor, offset);
      else addRows(to, upper, weight * factor, lower, next * factor);
    }
  };
}

function mixRows(
  to: Float32Array,
  upper: Float32Array,
  upperWeight: number,
  lower: Float32Array,
  lowerWeight: number,
  offset: number,
): void {
  for (let index = 0; index < to.length; index++) {
    to[index] = offset + upperWeight * upper[index]! + lowerWeight * lower[index]!;
  }
}

function addRows(
  to: Float32Array,
  upper: Float32Array,
  upperWeight: number,
  lower: Float32Array,
  lowerWeight: number,
): void {
  for (let index = 0; index < to.length; index++) {
    to[index]! += upperWeight * upper[index]! + lowerWeight * lower[index]!;
  }
}

function resizeRow(image: Picture, row: number, filter: AxisFilter, out: Float32Array): void {
  const { rgb, stride = image.width } = image;
  for (let x = 0; 3 * x < out.length; x++) {
    let from = 3 * (row * stride + filter.first[x]!);
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let tap = 0, at = x * filter.taps; tap < filter.taps; tap++, at++, from += 3) {
      const weight = filter.weights[at]!;
      if (weight === 0) break;
      red += weight * rgb[from]!;
      green += weight * rgb[from + 1]!;
      blue += weight * rgb[from + 2]!;
    }
    out[3 * x] = red;
    out[3 * x + 1] = green;
    out[3 * x + 2] = blue;
  }
}

function axisFilter(from: number, to: number): AxisFilter {
  const scale = from / to;
  const radius = Math.max(1, scale);
  const taps = Math.ceil(2 * radius) + 1;
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let position = 0; position < to; position++) {
    const center = (position + 0.5) * scale - 0.5;
    const start = Math.max(0, Math.ceil(center - radius));
    const end = Math.min(from - 1, Math.floor(center + radius));
    let sum = 0;
    // A weight of 0 ends the taps of a position, so source pixels at the very edge of the triangle are left out.
    let used = 0;
    for (let source = start; source <= end; source++) {
      const weight = 1 - Math.abs(source - center) / radius;
      if (weight <= 0) continue;
      if (used === 0) first[position] = source;
      weights[position * taps + used++] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < used; tap++) weights[position * taps + tap]! /= sum;
  }
  return { taps, first, weights };
}
