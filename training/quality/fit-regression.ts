import { dequantizeRows, quantizeRows } from '../../server/features/classification/quality/byte-rows.js';
import { moments } from '../../server/features/classification/quality/hand-features/statistics.js';
import { kernelValues, type Regression } from '../../server/features/classification/quality/regressor.js';
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

/** A regression trained on all images, and predictions for each image by one that was trained without its fold. */
export function trainRegression({ vectors, ranks, handLength }: Examples): {
  regression: Regression;
  heldOut: number[];
} {
  const random = uniform(settings.seed);
  // The landmarks are picked regardless of the ranks, so all folds may share them.
  const shuffled = vectors.map((vector) => ({ vector, order: random() })).toSorted((a, b) => a.order - b.order);
  const landmarks = quantizeRows(shuffled.slice(0, settings.landmarks).map(({ vector }) => vector));
  const rows = dequantizeRows(landmarks);
  const toInputs = (vector: Float64Array): Float64Array => kernelValues(vector, rows, handLength);
  const penalty = rows.map(toInputs);
  const folds = split(vectors.map(toInputs), ranks, random);
  const { mean: intercept } = moments(ranks);
  const all = sums(folds.flat(), intercept);
  const heldOut = ranks.map(() => 0);
  for (const [index, fold] of folds.entries()) {
    // The sums of all images minus those of the fold are the sums of its training set.
    const ofFold = sums(fold, intercept);
    const weights = solve(
      regularized(minus(all.products, ofFold.products), penalty),
      all.right.map((value, at) => value - ofFold.right[at]!),
    );
    for (const { input, position } of fold) heldOut[position] = intercept + dot(weights, input);
    process.stderr.write(`\rFold ${index + 1} of ${folds.length} `);
  }
  process.stderr.write('\n');
  const weights = solve(regularized(all.products, penalty), all.right);
  return { regression: { intercept, landmarks, weights: [...weights] }, heldOut };
}

/** An image in the regression: its kernel values with the landmarks, its rank, and its position in the set. */
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

/** The sums over examples that least squares need. */
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

/** Adds the ridge penalty of the kernel space: the quadratic form of the weights with `penalty`. */
function regularized({ size, data }: Symmetric, penalty: readonly Float64Array[]): Symmetric {
  const matrix = {
    size,
    data: data.map((value, at) => value + settings.ridge * penalty[Math.floor(at / size)]![at % size]!),
  };
  for (let row = 0; row < size; row++) matrix.data[row * size + row]! += jitter;
  return matrix;
}
