import { unpackRows, type ByteRows } from './byte-rows.js';

/** How features of an image become a short vector: hand-made features first, then components of the deep ones. */
export interface Preparation {
  /** Names of the hand-made features in their order, with mean and standard deviation over the training set. */
  readonly hand: readonly { readonly name: string; readonly mean: number; readonly deviation: number }[];
  /** Principal components of the channels of the backbone. */
  readonly components: ByteRows;
  /** What is taken from each component, so that its mean is 0. */
  readonly offsets: readonly number[];
}

/**
 * A kernel regression. An image is compared with some images of the training set, the landmarks; the expected rank is
 * the intercept plus the weights times the likenesses ("Using the Nystroem Method to Speed Up Kernel Machines",
 * Williams, Seeger, NIPS 2000).
 */
export interface Regression {
  readonly intercept: number;
  readonly landmarks: ByteRows;
  readonly weights: readonly number[];
}

/** Features of one image: hand-made ones by name, and the pooled map of the backbone. */
export interface ImageFeatures {
  readonly hand: ReadonlyMap<string, number>;
  readonly deep: Float32Array;
}

/** A hand-made feature farther than this from its mean, in standard deviations, counts as being this far. */
const farthest = 4;
/** Fall of likeness with the square of the distance. Vectors are about 1 long in each of their two parts. */
const fall = 0.15;

/** A function that prepares the features of an image. */
export function preparer({ hand, components, offsets }: Preparation): (features: ImageFeatures) => Float64Array {
  const rows = unpackRows(components);
  return (features) => {
    if (features.deep.length !== components.columns) {
      throw new Error(`The backbone returned ${features.deep.length} channels, expected ${components.columns}`);
    }
    const vector = new Float64Array(hand.length + rows.length);
    for (const [index, { name, mean, deviation }] of hand.entries()) {
      const value = features.hand.get(name);
      if (value === undefined) throw new Error(`The coefficients need the feature ${name}, which is not measured`);
      vector[index] = Math.max(-farthest, Math.min(farthest, (value - mean) / deviation)) / Math.sqrt(hand.length);
    }
    for (const [index, row] of rows.entries()) {
      let sum = -offsets[index]!;
      for (let channel = 0; channel < row.length; channel++) sum += row[channel]! * features.deep[channel]!;
      vector[hand.length + index] = sum;
    }
    return vector;
  };
}

/**
 * Likenesses of a prepared vector with each landmark. Images are alike when their hand-made features are, when their
 * content is, and once more when both are. The first `handLength` numbers of the vectors are hand-made.
 */
export function likenesses(vector: Float64Array, landmarks: readonly Float64Array[], handLength: number): Float64Array {
  return Float64Array.from(landmarks, (landmark) => {
    const byHand = Math.exp(-fall * squaredDistance(vector, landmark, 0, handLength));
    const byContent = Math.exp(-fall * squaredDistance(vector, landmark, handLength, vector.length));
    return byHand + byContent + 2 * byHand * byContent;
  });
}

function squaredDistance(one: Float64Array, other: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) {
    const difference = one[at]! - other[at]!;
    sum += difference * difference;
  }
  return sum;
}

/** A function that gives the rank to expect of an image: about 0 (the worst of the training set) to 1 (the best). */
export function regressor(
  preparation: Preparation,
  { intercept, landmarks, weights }: Regression,
): (features: ImageFeatures) => number {
  const prepare = preparer(preparation);
  const rows = unpackRows(landmarks);
  return (features) => {
    const inputs = likenesses(prepare(features), rows, preparation.hand.length);
    return weights.reduce((sum, weight, index) => sum + weight * inputs[index]!, intercept);
  };
}
