import type { Image } from '../../../../image/image.js';

/**
 * Downscales to `width` x `height` by averaging the area that each new pixel covers. Of the filters that use every
 * pixel this is the sharpest without ringing: a wider one would make every large photo look blurred. Returns floats of
 * 0..255.
 */
export function shrinkByArea(image: Image, width: number, height: number): Float32Array {
  const out = new Float32Array(3 * width * height);
  const [stepX, stepY] = [image.width / width, image.height / height];
  const row = new Float64Array(3 * width);
  for (let from = 0; from < image.height; from++) {
    shrinkRow(image, from, stepX, row);
    // A row of the image may overlap two new rows. Each gets its share.
    const first = Math.floor(from / stepY);
    const inFirst = Math.min(1, (first + 1) * stepY - from);
    addRow(out, Math.min(height - 1, first), row, inFirst / stepY);
    if (inFirst < 1) addRow(out, Math.min(height - 1, first + 1), row, (1 - inFirst) / stepY);
  }
  return out;
}

function addRow(out: Float32Array, y: number, row: Float64Array, weight: number): void {
  const to = y * row.length;
  for (let at = 0; at < row.length; at++) out[to + at]! += weight * row[at]!;
}

function shrinkRow({ width, rgb }: Image, y: number, step: number, row: Float64Array): void {
  row.fill(0);
  const last = row.length - 3;
  for (let x = 0, from = 3 * y * width; x < width; x++, from += 3) {
    const first = Math.floor(x / step);
    const inFirst = Math.min(1, (first + 1) * step - x);
    addPixel(row, Math.min(last, 3 * first), rgb, from, inFirst / step);
    if (inFirst < 1) addPixel(row, Math.min(last, 3 * first + 3), rgb, from, (1 - inFirst) / step);
  }
}

function addPixel(row: Float64Array, to: number, rgb: Uint8Array, from: number, weight: number): void {
  row[to]! += weight * rgb[from]!;
  row[to + 1]! += weight * rgb[from + 1]!;
  row[to + 2]! += weight * rgb[from + 2]!;
}
