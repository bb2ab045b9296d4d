/** Properties of the model, in the order of its answers. */
export const qualityProperties = ['low', 'medium', 'high'] as const;

/** Probabilities that people find the quality of an image low, medium or high. They sum to 1. */
export type QualityProbabilities = Readonly<Record<(typeof qualityProperties)[number], number>>;

/**
 * How far the true ranks of images lie from what the regression expected of them, measured on images that it had not
 * been trained on. Around `intercept + slope * expected` they spread with a standard deviation that is a parabola of
 * the expected rank, the constant first: the best and the worst images are told more surely than those between.
 */
export interface Reliability {
  readonly intercept: number;
  readonly slope: number;
  readonly spread: readonly [number, number, number];
}

/** Below the first rank quality is low, from the second on it is high: a third of the training set each. */
export const rankCuts = [1 / 3, 2 / 3] as const;

/** No image is told more surely than by this standard deviation. */
const leastSpread = 0.05;

/** Probabilities from an expected rank: shares of the normal distribution of true ranks around it. */
export function probabilities({ intercept, slope, spread }: Reliability, expected: number): QualityProbabilities {
  const within = Math.min(1, Math.max(0, expected));
  const center = intercept + slope * expected;
  const deviation = Math.max(leastSpread, spread[0] + spread[1] * within + spread[2] * within * within);
  const low = normalShareBelow((rankCuts[0] - center) / deviation);
  const high = normalShareBelow((center - rankCuts[1]) / deviation);
  return { low, medium: Math.max(0, 1 - low - high), high };
}

/**
 * Share of the standard normal distribution below `value`: 26.2.17 of Abramowitz and Stegun, "Handbook of Mathematical
 * Functions" (1964). The error is below 7.5e-8.
 */
export function normalShareBelow(value: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(value));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-value * value) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return value < 0 ? tail : 1 - tail;
}
