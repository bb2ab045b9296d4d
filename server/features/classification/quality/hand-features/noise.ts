import type { Plane, WorkingImage } from './plane.js';
import { countLevels, levelQuantiles, logOf, moments, quantiles } from './statistics.js';

/** Side, in pixels, of the squares of which the flattest show the noise. */
const tile = 8;

/** Noise, which shows in the flattest parts of brightness and of both color differences. */
export function noise({ luma, blueDifference, redDifference }: WorkingImage): Record<string, number> {
  const diagonals = diagonalDetail(luma);
  return {
    // "Fast Noise Variance Estimation" (Immerkaer, CVIU 64(2), 1996).
    immerkaer: logOf(Math.sqrt(Math.PI / 2) * (moments(laplacianDifference(luma)).mean / 6)),
    // "Ideal spatial adaptation by wavelet shrinkage" (Donoho, Johnstone, Biometrika 81(3), 1994).
    donoho: logOf(levelQuantiles(countLevels(diagonals), [0.5])[0]! / 0.6745),
    ...flattest('luma', luma),
    ...flattest('blue', blueDifference),
    ...flattest('red', redDifference),
  };
}

function flattest(name: string, plane: Plane): Record<string, number> {
  const [low, quarter, median] = quantiles(tileDeviations(plane), [0.05, 0.25, 0.5]);
  return { [`${name}.p5`]: logOf(low!), [`${name}.p25`]: logOf(quarter!), [`${name}.p50`]: logOf(median!) };
}

function tileDeviations({ width, height, data }: Plane): Float32Array {
  const [columns, rows] = [Math.max(1, Math.floor(width / tile)), Math.max(1, Math.floor(height / tile))];
  const deviations = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [right, bottom] = [Math.min(width, (column + 1) * tile), Math.min(height, (row + 1) * tile)];
      let [sum, squares, count] = [0, 0, 0];
      for (let y = row * tile; y < bottom; y++) {
        for (let x = column * tile; x < right; x++, count++) {
          const value = data[y * width + x]!;
          sum += value;
          squares += value * value;
        }
      }
      deviations[row * columns + column] = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
    }
  }
  return deviations;
}

/** Absolute difference of two Laplacians at every inner pixel, which ignores edges and slopes. */
function laplacianDifference({ width, height, data }: Plane): Float32Array {
  const out = new Float32Array(Math.max(0, (width - 2) * (height - 2)));
  for (let y = 1, to = 0; y < height - 1; y++) {
    for (let x = 1, at = y * width + 1; x < width - 1; x++, at++) {
      const corners = data[at - width - 1]! + data[at - width + 1]! + data[at + width - 1]! + data[at + width + 1]!;
      const sides = data[at - 1]! + data[at + 1]! + data[at - width]! + data[at + width]!;
      out[to++] = Math.abs(corners - 2 * sides + 4 * data[at]!);
    }
  }
  return out;
}

/** Magnitudes of the diagonal Haar coefficients of the finest octave. */
function diagonalDetail({ width, height, data }: Plane): Float32Array {
  const out = new Float32Array((width >> 1) * (height >> 1));
  for (let y = 0, to = 0; y + 1 < height; y += 2) {
    for (let x = 0, at = y * width; x + 1 < width; x += 2, at += 2) {
      out[to++] = Math.abs(data[at]! - data[at + 1]! - data[at + width]! + data[at + width + 1]!) / 2;
    }
  }
  return out;
}
