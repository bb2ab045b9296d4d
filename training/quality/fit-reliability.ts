import type { Reliability } from '../../server/features/classification/quality/probabilities.js';

/** Finds how true ranks lie around expected ones, by two straight lines: through the ranks and through their distances. */
export function fitReliability(expected: readonly number[], ranks: readonly number[]): Reliability {
  const centre = fitLine(expected, ranks);
  const distances = ranks.map((rank, index) => Math.abs(rank - centre.intercept - centre.slope * expected[index]!));
  const distance = fitLine(expected, distances);
  // The mean distance of a normal distribution is sqrt(2 / pi) of its standard deviation.
  const deviations = Math.sqrt(Math.PI / 2);
  return { ...centre, spread: deviations * distance.intercept, spreadSlope: deviations * distance.slope };
}

/** Least squares. */
function fitLine(x: readonly number[], y: readonly number[]): { intercept: number; slope: number } {
  const count = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / count;
  const meanY = y.reduce((sum, value) => sum + value, 0) / count;
  let [both, squares] = [0, 0];
  for (let index = 0; index < count; index++) {
    both += (x[index]! - meanX) * (y[index]! - meanY);
    squares += (x[index]! - meanX) ** 2;
  }
  const slope = both / squares;
  return { intercept: meanY - slope * meanX, slope };
}
