import { packRows, unpackRows } from '../../server/features/classification/quality/byte-rows.js';
import { likenesses, type Regression } from '../../server/features/classification/quality/regressor.js';
import { moments } from '../../server/features/classification/quality/statistics.js';
import { dot, gram, solve, weightedSum, type Symmetric } from './linear-algebra.js';
import { uniform } from './random.js';
import { settings } from './settings.js';

/** Keeps the matrix invertible when two landmarks are nearly the same. */
const jitter = 1e-6;

/** Prepared vectors of images with their scores. The first `handLength` numbers of a vector are hand-made. */
export interface Examples {
  readonly vectors: readonly Float64Array[];
  readonly scores: readonly number[];
  readonly handLength: number;
}

/** What a regression expects of images that it was not trained on, each being left out once, and one trained on all. */
export function trainRegression({ vectors, scores, handLength }: Examples): { regression: Regression; heldOut: number[] } {
  const random = uniform(settings.seed);
  // The landmarks are picked without a look at the scores, so all folds may share them.
  const shuffled = vectors.map((vector) => ({ vector, order: random() })).toSorted((a, b) => a.order - b.order);
  const landmarks = packRows(shuffled.slice(0, settings.landmarks).map(({ vector }) => vector));
  const rows = unpackRows(landmarks);
  const toInputs = (vector: Float64Array): Float64Array => likenesses(vector, rows, handLength);
  const penalty = rows.map(toInputs);
  const inputs = vectors.map(toInputs);

  const foldOf = vectors.map(() => Math.floor(settings.folds * random()));
  const heldOut = scores.map(() => 0);
  for (let fold = 0; fold < settings.folds; fold++) {
    const kept = <Value>(values: readonly Value[]): Value[] => values.filter((_, index) => foldOf[index] !== fold);
    const { intercept, weights } = fit(kept(inputs), kept(scores), penalty);
    for (const [index, input] of inputs.entries()) if (foldOf[index] === fold) heldOut[index] = intercept + dot(weights, input);
    process.stderr.write(`\rFold ${fold + 1} of ${settings.folds} `);
  }
  process.stderr.write('\n');
  const { intercept, weights } = fit(inputs, scores, penalty);
  return { regression: { intercept, landmarks, weights: [...weights] }, heldOut };
}

/** Ridge regression in the space of the kernel: what is kept small are the weights times `penalty` times the weights. */
function fit(inputs: readonly Float64Array[], scores: readonly number[], penalty: readonly Float64Array[]): { intercept: number; weights: Float64Array } {
  const size = penalty.length;
  const { mean: intercept } = moments(scores);
  const { data } = gram(inputs, size);
  const matrix: Symmetric = { size, data: data.map((value, at) => value + settings.ridge * penalty[Math.floor(at / size)]![at % size]!) };
  for (let row = 0; row < size; row++) matrix.data[row * size + row]! += jitter * inputs.length;
  return { intercept, weights: solve(matrix, weightedSum(inputs, scores.map((score) => score - intercept), size)) };
}
