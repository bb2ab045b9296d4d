/** Properties of the model, in the order of its answers. */
export const qualityProperties = ['low', 'medium', 'high'] as const;

/** Probabilities that people find the quality of an image low, medium or high. They sum to 1. */
export type QualityProbabilities = Readonly<Record<(typeof qualityProperties)[number], number>>;

/**
 * Distribution of the true ranks of images for a rank that the regression predicts, measured on images that it was not
 * trained on: around `intercept + slope * predicted`, with a standard deviation that is a parabola of the predicted
 * rank. The best and the worst images are predicted more reliably than those in between.
 */
export interface Reliability {
  readonly intercept: number;
  readonly slope: number;
  /** Coefficients of the parabola, the constant first. */
  readonly spread: readonly [number, number, number];
}

/** Quality is low below the first rank and high from the second on: a third of the training set each. */
export const rankCuts = [1 / 3, 2 / 3] as const;

/** The standard deviation is at least this. */
const minSpread = 0.05;

/** Probabilities for a predicted rank: the shares of the normal distribution of true ranks around it. */
export function probabilities({ intercept, slope, spread }: Reliability, rank: number): QualityProbabilities {
  const clipped = Math.min(1, Math.max(0, rank));
  const center = intercept + slope * rank;
  const deviation = Math.max(minSpread, spread[0] + spread[1] * clipped + spread[2] * clipped * clipped);
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
