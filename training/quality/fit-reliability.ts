import type { Reliability } from '../../server/features/classification/quality/probabilities.js';
import { gram, solve, weightedSum } from './linear-algebra.js';

/**
 * Fits the distribution of true ranks around predicted ones: a line through the ranks, a parabola through their
 * distances.
 */
export function fitReliability(predicted: readonly number[], ranks: readonly number[]): Reliability {
  const [intercept = 0, slope = 1] = fitPolynomial(predicted, ranks, 1);
  const distances = ranks.map((rank, index) => Math.abs(rank - intercept - slope * predicted[index]!));
  const [constant = 0, linear = 0, square = 0] = fitPolynomial(predicted, distances, 2);
  // The mean distance of a normal distribution is sqrt(2 / pi) of its standard deviation.
  const deviations = Math.sqrt(Math.PI / 2);
  return { intercept, slope, spread: [deviations * constant, deviations * linear, deviations * square] };
}

/** Coefficients of the polynomial of least squares, the constant first. */
function fitPolynomial(x: readonly number[], y: readonly number[], degree: number): Float64Array {
  const powers = x.map((value) => Float64Array.from({ length: degree + 1 }, (_, power) => value ** power));
  return solve(gram(powers, degree + 1), weightedSum(powers, y, degree + 1));
}
