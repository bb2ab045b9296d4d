import { packRows, unpackRows } from '../../server/features/classification/quality/byte-rows.js';
import { moments } from '../../server/features/classification/quality/hand-features/statistics.js';
import { likenesses, type Regression } from '../../server/features/classification/quality/regressor.js';
import { dot, gram, solve, weightedSum, type Symmetric } from './linear-algebra.js';
import { uniform } from './random.js';
import { settings } from './settings.js';

/** Keeps the matrix invertible when two landmarks are nearly the same. */
const jitter = 0.01;

/** Prepared vectors of images with their ranks. The first `handLength` numbers of a vector are hand-made. */
export interface Examples {
  readonly vectors: readonly Float64Array[];
  readonly ranks: readonly number[];
  readonly handLength: number;
}

/** What a regression expects of images that it was not trained on, each being left out once, and one trained on all. */
export function trainRegression({ vectors, ranks, handLength }: Examples): {
  regression: Regression;
  heldOut: number[];
} {
  const random = uniform(settings.seed);
  // The landmarks are picked without a look at the ranks, so all folds may share them.
  const shuffled = vectors.map((vector) => ({ vector, order: random() })).toSorted((a, b) => a.order - b.order);
  const landmarks = packRows(shuffled.slice(0, settings.landmarks).map(({ vector }) => vector));
  const rows = unpackRows(landmarks);
  const toInputs = (vector: Float64Array): Float64Array => likenesses(vector, rows, handLength);
  const penalty = rows.map(toInputs);
  const folds = split(vectors.map(toInputs), ranks, random);
  const { mean: intercept } = moments(ranks);
  const all = sums(folds.flat(), intercept);
  const heldOut = ranks.map(() => 0);
  for (const [index, fold] of folds.entries()) {
    // What a fold leaves of the sums is what its training would have summed.
    const left = sums(fold, intercept);
    const weights = solve(
      regularized(minus(all.products, left.products), penalty),
      all.right.map((value, at) => value - left.right[at]!),
    );
    for (const { input, position } of fold) heldOut[position] = intercept + dot(weights, input);
    process.stderr.write(`\rFold ${index + 1} of ${folds.length} `);
  }
  process.stderr.write('\n');
  const weights = solve(regularized(all.products, penalty), all.right);
  return { regression: { intercept, landmarks, weights: [...weights] }, heldOut };
}

/** An image in the regression: its likenesses with the landmarks, its rank and its place in the set. */
interface Example {
  readonly input: Float64Array;
  readonly rank: number;
  readonly position: number;
}

function split(inputs: readonly Float64Array[], ranks: readonly number[], random: () => number): Example[][] {
  const folds: Example[][] = Array.from({ length: settings.folds }, () => []);
  for (const [position, input] of inputs.entries()) {
    folds[Math.floor(folds.length * random())]!.push({ input, rank: ranks[position]!, position });
  }
  return folds;
}

/** What least squares need to know of examples. */
function sums(examples: readonly Example[], intercept: number): { products: Symmetric; right: Float64Array } {
  const inputs = examples.map(({ input }) => input);
  return {
    products: gram(inputs, settings.landmarks),
    right: weightedSum(
      inputs,
      examples.map(({ rank }) => rank - intercept),
      settings.landmarks,
    ),
  };
}

function minus({ size, data }: Symmetric, other: Symmetric): Symmetric {
  return { size, data: data.map((value, at) => value - other.data[at]!) };
}

/** Adds the ridge of the kernel's space: what is kept small are the weights times `penalty` times the weights. */
function regularized({ size, data }: Symmetric, penalty: readonly Float64Array[]): Symmetric {
  const matrix = {
    size,
    data: data.map((value, at) => value + settings.ridge * penalty[Math.floor(at / size)]![at % size]!),
  };
  for (let row = 0; row < size; row++) matrix.data[row * size + row]! += jitter;
  return matrix;
}
