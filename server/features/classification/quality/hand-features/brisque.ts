import { fitAsymmetric, fitSymmetric } from './generalized-gaussian.js';
import { halve, type Plane } from './plane.js';

/**
 * The statistics of BRISQUE: "No-Reference Image Quality Assessment in the Spatial Domain" (Mittal, Moorthy, Bovik,
 * IEEE TIP 21(12), 2012). Brightness is normalized by its local mean and spread: natural images then follow a Gaussian,
 * distorted ones deviate from it. 18 numbers at full size and 18 at half size.
 */
export function brisqueStatistics(luma: Plane): Record<string, number> {
  return { ...scaleStatistics(luma, 'full'), ...scaleStatistics(halve(luma), 'half') };
}

/** Neighbors, by feature name, whose products with a pixel are fitted: right, below, below right, below left. */
const neighbors = { h: [1, 0], v: [0, 1], d1: [1, 1], d2: [-1, 1] } as const;

function scaleStatistics(plane: Plane, scale: string): Record<string, number> {
  const normalized = normalizeLocally(plane);
  const { shape, variance } = fitSymmetric(normalized.data);
  const statistics: Record<string, number> = { [`${scale}.shape`]: shape, [`${scale}.variance`]: variance };
  for (const [name, [right, down]] of Object.entries(neighbors)) {
    const fit = fitAsymmetric(products(normalized, right, down));
    statistics[`${scale}.${name}.shape`] = fit.shape;
    statistics[`${scale}.${name}.mean`] = fit.mean;
    statistics[`${scale}.${name}.left`] = fit.leftVariance;
    statistics[`${scale}.${name}.right`] = fit.rightVariance;
  }
  return statistics;
}

function products({ width, height, data }: Plane, right: number, down: number): Float32Array {
  const columns = width - Math.abs(right);
  const rows = height - down;
  const first = right < 0 ? 1 : 0;
  const out = new Float32Array(Math.max(0, columns * rows));
  for (let y = 0, at = 0; y < rows; y++) {
    for (let x = 0, from = y * width + first; x < columns; x++, from++) {
      out[at++] = data[from]! * data[from + down * width + right]!;
    }
  }
  return out;
}

/** Radius of the window of 7 x 7 pixels, a Gaussian of 7/6 pixels, as in the paper. */
const radius = 3;
const half = halfGaussian(7 / 6);

/** Mean subtracted contrast normalized coefficients: (pixel - local mean) / (local spread + 1). */
export function normalizeLocally({ width, height, data }: Plane): Plane {
  const mean = blur(data, width, height);
  const square = blur(squares(data), width, height);
  const normalized = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const local = mean[at]!;
    const spread = Math.sqrt(Math.max(0, square[at]! - local * local));
    normalized[at] = (data[at]! - local) / (spread + 1);
  }
  return { width, height, data: normalized };
}

/** Blurs by the window, vertically and then horizontally. Edge pixels are repeated beyond the edges. */
function blur(data: Float32Array, width: number, height: number): Float32Array {
  const out = new Float32Array(data.length);
  const line = new Float32Array(width + 2 * radius);
  const row = (y: number): number => Math.min(height - 1, Math.max(0, y)) * width;
  // The window is symmetric: seven taps, written out with four products each. A loop takes three times as long.
  const [far, outer, inner, middle] = half;
  for (let y = 0; y < height; y++) {
    const [r0, r1, r2, r3, r4, r5, r6] = [
      row(y - 3),
      row(y - 2),
      row(y - 1),
      row(y),
      row(y + 1),
      row(y + 2),
      row(y + 3),
    ];
    for (let x = 0; x < width; x++) {
      line[radius + x] =
        far * (data[r0 + x]! + data[r6 + x]!) +
        outer * (data[r1 + x]! + data[r5 + x]!) +
        inner * (data[r2 + x]! + data[r4 + x]!) +
        middle * data[r3 + x]!;
    }
    line.fill(line[radius]!, 0, radius);
    line.fill(line[radius + width - 1]!, radius + width);
    for (let x = 0; x < width; x++) {
      out[r3 + x] =
        far * (line[x]! + line[x + 6]!) +
        outer * (line[x + 1]! + line[x + 5]!) +
        inner * (line[x + 2]! + line[x + 4]!) +
        middle * line[x + 3]!;
    }
  }
  return out;
}

/** The weights from the outermost tap to the center. The weights of the whole window sum to 1. */
function halfGaussian(sigma: number): [number, number, number, number] {
  const weight = (distance: number): number => Math.exp(-(distance ** 2) / (2 * sigma ** 2));
  const sum = weight(0) + 2 * (weight(1) + weight(2) + weight(3));
  return [weight(3) / sum, weight(2) / sum, weight(1) / sum, weight(0) / sum];
}

function squares(data: Float32Array): Float32Array {
  const out = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) out[at] = data[at]! * data[at]!;
  return out;
}
