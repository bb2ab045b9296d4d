import { halve, type Plane } from './plane.js';
import { countLevels, levelQuantiles, logOf, moments, quantiles } from './statistics.js';

/** Number of octaves that are measured, from the finest on. */
const octaves = 5;
/** Side, in pixels, of the squares by which sharpness is compared across the image. */
const tile = 32;

/**
 * The amount of detail, the steepness of edges, and their distribution over the image: a portrait with a blurred
 * background is sharp in a few tiles, a shaken photo in none.
 */
export function sharpness(luma: Plane): Record<string, number> {
  const gradients = gradientMagnitudes(luma);
  const [p50, p90, p99] = levelQuantiles(countLevels(gradients.data), [0.5, 0.9, 0.99]);
  const tiles = tileMeans(gradients);
  const [low, median, high, highest] = quantiles(tiles, [0.1, 0.5, 0.9, 1]);
  return {
    ...detailByOctave(luma),
    laplacian: logOf(laplacianDeviation(luma)),
    'gradient.mean': logOf(moments(gradients.data).mean),
    'gradient.p50': logOf(p50!),
    'gradient.p90': logOf(p90!),
    'gradient.p99': logOf(p99!),
    'tile.p10': low!,
    'tile.p50': median!,
    'tile.p90': high!,
    'tile.max': highest!,
    'tile.deviation': moments(tiles).deviation,
    center: centerAgainstBorder(gradients),
    'reblur.h': lossByBlur(luma, 1, luma.width, luma.width, luma.height),
    'reblur.v': lossByBlur(luma, luma.width, 1, luma.height, luma.width),
  };
}

/** Magnitude of the gradient at every pixel, by central differences. It is 0 for the outermost pixels. */
function gradientMagnitudes({ width, height, data }: Plane): Plane {
  const out = new Float32Array(data.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, at = y * width + 1; x < width - 1; x++, at++) {
      const across = data[at + 1]! - data[at - 1]!;
      const down = data[at + width]! - data[at - width]!;
      out[at] = Math.sqrt(across * across + down * down) / 2;
    }
  }
  return { width, height, data: out };
}

function laplacianDeviation({ width, height, data }: Plane): number {
  const values = new Float32Array(Math.max(0, (width - 2) * (height - 2)));
  for (let y = 1, to = 0; y < height - 1; y++) {
    for (let x = 1, at = y * width + 1; x < width - 1; x++, at++) {
      values[to++] = data[at - 1]! + data[at + 1]! + data[at - width]! + data[at + width]! - 4 * data[at]!;
    }
  }
  return moments(values).deviation;
}

/** Mean magnitude of Haar wavelet coefficients by octave: horizontal and vertical ones together, and diagonal ones. */
function detailByOctave(luma: Plane): Record<string, number> {
  const detail: Record<string, number> = {};
  for (let octave = 1, plane = luma; octave <= octaves; octave++, plane = halve(plane)) {
    const { width, height, data } = plane;
    let edges = 0;
    let diagonals = 0;
    for (let y = 0; y + 1 < height; y += 2) {
      for (let x = 0, at = y * width; x + 1 < width; x += 2, at += 2) {
        const a = data[at]!;
        const b = data[at + 1]!;
        const c = data[at + width]!;
        const d = data[at + width + 1]!;
        edges += Math.abs(a - b + c - d) + Math.abs(a + b - c - d);
        diagonals += Math.abs(a - b - c + d);
      }
    }
    const count = Math.max(1, (width >> 1) * (height >> 1));
    detail[`octave${octave}.edges`] = logOf(edges / count / 4);
    detail[`octave${octave}.diagonals`] = logOf(diagonals / count / 4);
  }
  return detail;
}

function tileMeans({ width, height, data }: Plane): Float32Array {
  const [columns, rows] = [Math.max(1, Math.floor(width / tile)), Math.max(1, Math.floor(height / tile))];
  const means = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [right, bottom] = [Math.min(width, (column + 1) * tile), Math.min(height, (row + 1) * tile)];
      let [sum, count] = [0, 0];
      for (let y = row * tile; y < bottom; y++) {
        for (let x = column * tile; x < right; x++, count++) sum += data[y * width + x]!;
      }
      means[row * columns + column] = logOf(sum / Math.max(1, count));
    }
  }
  return means;
}

/** Ratio of the gradients in the central quarter of the image to those in the rest, as a logarithm. */
function centerAgainstBorder({ width, height, data }: Plane): number {
  let inner = 0;
  let outer = 0;
  let innerCount = 0;
  for (let y = 0; y < height; y++) {
    const middle = 4 * y >= height && 4 * y < 3 * height;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      if (middle && 4 * x >= width && 4 * x < 3 * width) {
        inner += data[at]!;
        innerCount++;
      } else outer += data[at]!;
    }
  }
  return logOf(inner / Math.max(1, innerCount)) - logOf(outer / Math.max(1, data.length - innerCount));
}

/**
 * The share of the differences between neighbors that a blur removes: large for sharp images, near 0 for those that are
 * blurred already. After "The Blur Effect: Perception and Estimation with a New No-Reference Perceptual Blur
 * Metric" (Crete et al., SPIE 6492, 2007). `step` leads to the next pixel of a line, `lineStep` to the next line.
 */
function lossByBlur({ data }: Plane, step: number, lineStep: number, length: number, lines: number): number {
  const reach = 4;
  let before = 0;
  let lost = 0;
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    // A box blur changes from one pixel to the next by the pixel that enters the box minus the one that leaves it.
    for (let position = reach; position + reach + 1 < length; position++) {
      const entering = data[start + (position + reach + 1) * step]!;
      const leaving = data[start + (position - reach) * step]!;
      const difference = Math.abs(data[start + (position + 1) * step]! - data[start + position * step]!);
      const blurred = Math.abs(entering - leaving) / (2 * reach + 1);
      before += difference;
      lost += Math.max(0, difference - blurred);
    }
  }
  return before === 0 ? 0 : lost / before;
}
