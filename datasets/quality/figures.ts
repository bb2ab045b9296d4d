import type { QualityProbabilities } from '../../server/features/classification/quality/probabilities.js';

/** Pearson's correlation. */
export function correlation(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const count = one.length;
  let [sumOne, sumOther] = [0, 0];
  for (let at = 0; at < count; at++) {
    sumOne += one[at]!;
    sumOther += other[at]!;
  }
  let [both, squaresOne, squaresOther] = [0, 0, 0];
  for (let at = 0; at < count; at++) {
    const [a, b] = [one[at]! - sumOne / count, other[at]! - sumOther / count];
    both += a * b;
    squaresOne += a * a;
    squaresOther += b * b;
  }
  return both / Math.sqrt(squaresOne * squaresOther);
}

/** Spearman's correlation: that of ranks. */
export function rankCorrelation(one: ArrayLike<number>, other: ArrayLike<number>): number {
  return correlation(ranks(one), ranks(other));
}

/** Ranks of values, from 0 for the least to one less than their number. Equal values share the mean of theirs. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, index) => index).toSorted((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let first = 0; first < order.length;) {
    let next = first + 1;
    while (next < order.length && values[order[next]!] === values[order[first]!]) next++;
    for (let at = first; at < next; at++) result[order[at]!] = (first + next - 1) / 2;
    first = next;
  }
  return result;
}

/** 0 for low, 1 for medium, 2 for high. */
export function classOf(score: number, [low, high]: readonly [number, number]): number {
  if (score < low) return 0;
  return score < high ? 1 : 2;
}

/** The likeliest of the three: 0 for low, 1 for medium, 2 for high. */
export function likeliest({ low, medium, high }: QualityProbabilities): number {
  const most = Math.max(low, medium, high);
  return [low, medium, high].indexOf(most);
}

/** How often the classes are equal, and how often low was taken for high or the reverse. */
export function agreement(one: readonly number[], other: readonly number[]): { accuracy: number; swaps: number } {
  const share = (distance: number): number =>
    one.filter((value, at) => Math.abs(value - other[at]!) === distance).length / one.length;
  return { accuracy: share(0), swaps: share(2) };
}

/** Mean of -ln(probability given to what was true). Without knowledge of the image it is ln 3 = 1.0986. */
export function logLoss(given: readonly QualityProbabilities[], truth: readonly number[]): number {
  const losses = given.map(({ low, medium, high }, at) => -Math.log(Math.max(1e-6, [low, medium, high][truth[at]!]!)));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
