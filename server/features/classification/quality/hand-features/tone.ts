import type { Plane } from './plane.js';
import { countLevels, entropy, levelQuantiles, moments } from './statistics.js';

/** Exposure and contrast: the distribution of brightness, and what is clipped at its ends. */
export function tone({ data }: Plane): Record<string, number> {
  const bins = countLevels(data);
  const histogram = Uint32Array.from({ length: 256 }, (_, level) => sumOf(bins.subarray(16 * level, 16 * level + 16)));
  const share = (from: number, to: number): number => sumOf(histogram.subarray(from, to)) / data.length;
  const { mean, deviation } = moments(data);
  const levels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
  const percentiles = levelQuantiles(bins, levels);
  let cubes = 0;
  for (let at = 0; at < data.length; at++) cubes += (data[at]! - mean) * (data[at]! - mean) * (data[at]! - mean);
  return {
    mean,
    deviation,
    skewness: cubes / data.length / (deviation + 1) ** 3,
    ...Object.fromEntries(levels.map((level, index) => [`p${100 * level}`, percentiles[index]!])),
    range: percentiles[5]! - percentiles[1]!,
    black: share(0, 6),
    dark: share(0, 64),
    bright: share(192, 256),
    white: share(250, 256),
    entropy: entropy(histogram),
  };
}

function sumOf(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
