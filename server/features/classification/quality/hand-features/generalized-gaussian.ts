/**
 * Fits of generalized Gaussian distributions by moment matching, as "No-Reference Image Quality Assessment in the
 * Spatial Domain" (Mittal, Moorthy, Bovik, IEEE TIP 21(12), 2012) and "Estimation of Shape Parameter for Generalized
 * Gaussian Distributions in Subband Decompositions of Video" (Sharifi, Leon-Garcia, IEEE TCSVT 5(1), 1995).
 */

/** Range and step of the shapes that fits are looked up in: 1 is Laplacian, 2 Gaussian. */
const [minShape, maxShape, shapeStep] = [0.2, 10, 0.001];

/** Logarithm of the gamma function for arguments above 0 (Lanczos, g = 7, n = 9; relative error below 1e-13). */
export function logGamma(value: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const x = value - 1;
  const sum = coefficients.reduce((total, c, index) => total + c / (x + index + 1), 0.9999999999998099);
  const t = x + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Square of the mean of |x| over the mean of x^2, for every shape. It rises with the shape. */
const ratios = Float64Array.from({ length: Math.round((maxShape - minShape) / shapeStep) + 1 }, (_, index) => {
  const shape = minShape + index * shapeStep;
  return Math.exp(2 * logGamma(2 / shape) - logGamma(1 / shape) - logGamma(3 / shape));
});

function shapeOf(ratio: number): number {
  let [low, high] = [0, ratios.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ratios[middle]! < ratio) low = middle + 1;
    else high = middle;
  }
  return minShape + low * shapeStep;
}

/** The fit of constant samples, with the shape that is closest to them. */
const constantFit = { shape: maxShape, variance: 0, mean: 0, leftVariance: 0, rightVariance: 0 } as const;

/** Fits a symmetric distribution. */
export function fitSymmetric(samples: Float32Array): { shape: number; variance: number } {
  let absolute = 0;
  let squares = 0;
  for (let at = 0; at < samples.length; at++) {
    const sample = samples[at]!;
    absolute += Math.abs(sample);
    squares += sample * sample;
  }
  if (squares === 0) return constantFit;
  return { shape: shapeOf(absolute ** 2 / (samples.length * squares)), variance: squares / samples.length };
}

/** Fits a distribution whose sides left and right of 0 may have different spreads. */
export function fitAsymmetric(samples: Float32Array): {
  shape: number;
  mean: number;
  leftVariance: number;
  rightVariance: number;
} {
  let absolute = 0;
  let left = 0;
  let right = 0;
  let leftCount = 0;
  let rightCount = 0;
  for (let at = 0; at < samples.length; at++) {
    const sample = samples[at]!;
    absolute += Math.abs(sample);
    if (sample < 0) {
      left += sample * sample;
      leftCount++;
    } else if (sample > 0) {
      right += sample * sample;
      rightCount++;
    }
  }
  if (left + right === 0) return constantFit;
  const leftVariance = left / Math.max(1, leftCount);
  const rightVariance = right / Math.max(1, rightCount);
  const [leftSpread, rightSpread] = [Math.sqrt(leftVariance), Math.sqrt(rightVariance)];
  // The smaller spread over the larger, which cannot be infinite: what follows is the same for the inverse.
  const skew = Math.min(leftSpread, rightSpread) / Math.max(leftSpread, rightSpread);
  const ratio = absolute ** 2 / (samples.length * (left + right));
  const shape = shapeOf((ratio * (skew ** 3 + 1) * (skew + 1)) / (skew ** 2 + 1) ** 2);
  const [gamma1, gamma2, gamma3] = [logGamma(1 / shape), logGamma(2 / shape), logGamma(3 / shape)];
  const mean = (rightSpread - leftSpread) * Math.exp(gamma2 - gamma1 + (gamma1 - gamma3) / 2);
  return { shape, mean, leftVariance, rightVariance };
}
