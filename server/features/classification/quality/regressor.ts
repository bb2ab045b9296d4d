import { dequantizeRows, type ByteRows } from './byte-rows.js';

/** How the features of an image become a short vector: the hand-made features, then components of the deep ones. */
export interface Preparation {
  /** The hand-made features in their order, with mean and standard deviation over the training set. */
  readonly hand: readonly { readonly name: string; readonly mean: number; readonly deviation: number }[];
  /** Principal components of the channels of the backbone's activation map. */
  readonly components: ByteRows;
  /** Means of the components, which are subtracted. */
  readonly offsets: readonly number[];
}

/**
 * A kernel regression. An image is compared with some images of the training set, the landmarks. The predicted rank is
 * the intercept plus the weighted kernel values ("Using the Nystroem Method to Speed Up Kernel Machines", Williams,
 * Seeger, NIPS 2000).
 */
export interface Regression {
  readonly intercept: number;
  readonly landmarks: ByteRows;
  readonly weights: readonly number[];
}

/** Features of an image: hand-made ones by name, and the pooled activation map of the backbone. */
export interface ImageFeatures {
  readonly hand: ReadonlyMap<string, number>;
  readonly deep: Float32Array;
}

/** Hand-made features are clipped at so many standard deviations from their mean. */
const clipAtDeviations = 4;
/** Gamma of the RBF kernel. Both parts of a vector have a length of about 1. */
const rbfGamma = 0.15;

/** Returns a function that turns the features of an image into a vector. */
export function preparer({ hand, components, offsets }: Preparation): (features: ImageFeatures) => Float64Array {
  const rows = dequantizeRows(components);
  return (features) => {
    if (features.deep.length !== components.columns) {
      throw new Error(`The backbone returned ${features.deep.length} channels, expected ${components.columns}`);
    }
    const vector = new Float64Array(hand.length + rows.length);
    for (const [index, { name, mean, deviation }] of hand.entries()) {
      const value = features.hand.get(name);
      if (value === undefined) throw new Error(`The coefficients need the feature ${name}, which is not measured`);
      const clipped = Math.max(-clipAtDeviations, Math.min(clipAtDeviations, (value - mean) / deviation));
      vector[index] = clipped / Math.sqrt(hand.length);
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
 * The kernel between a vector and each landmark: RBF kernels of the hand-made features, of the content, and of both.
 * The first `handLength` numbers of a vector are the hand-made features.
 */
export function kernelValues(
  vector: Float64Array,
  landmarks: readonly Float64Array[],
  handLength: number,
): Float64Array {
  return Float64Array.from(landmarks, (landmark) => {
    const byHand = Math.exp(-rbfGamma * squaredDistance(vector, landmark, 0, handLength));
    const byContent = Math.exp(-rbfGamma * squaredDistance(vector, landmark, handLength, vector.length));
    return byHand + byContent + 2 * byHand * byContent;
  });
}

function squaredDistance(a: Float64Array, b: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) {
    const difference = a[at]! - b[at]!;
    sum += difference * difference;
  }
  return sum;
}

/** Returns a function that predicts the rank of an image: about 0 (the worst of the training set) to 1 (the best). */
export function regressor(
  preparation: Preparation,
  { intercept, landmarks, weights }: Regression,
): (features: ImageFeatures) => number {
  const prepare = preparer(preparation);
  const rows = dequantizeRows(landmarks);
  return (features) => {
    const inputs = kernelValues(prepare(features), rows, preparation.hand.length);
    return weights.reduce((sum, weight, index) => sum + weight * inputs[index]!, intercept);
  };
}
