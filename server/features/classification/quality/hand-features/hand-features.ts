import type { Image } from '../../../../image/image.js';
import { noCheckpoint, type Checkpoint } from '../../../../threads/jobs.js';
import { blockiness } from './blockiness.js';
import { brisqueStatistics } from './brisque.js';
import { color } from './color.js';
import { noise } from './noise.js';
import { workingImage } from './plane.js';
import { sharpness } from './sharpness.js';
import { tone } from './tone.js';

/**
 * Measures of the pixels, by name. All are finite for every image, and their order is always the same: the coefficients
 * of the regressor rely on it.
 */
export function handFeatures(image: Image, checkpoint: Checkpoint = noCheckpoint): ReadonlyMap<string, number> {
  const working = workingImage(image);
  const measure = (group: () => Record<string, number>): Record<string, number> => {
    checkpoint();
    return group();
  };
  const groups = {
    sharpness: measure(() => sharpness(working.luma)),
    noise: measure(() => noise(working)),
    blockiness: measure(() => blockiness(working.luma)),
    tone: measure(() => tone(working.luma)),
    color: measure(() => color(working)),
    brisque: measure(() => brisqueStatistics(working.luma)),
  };
  return new Map(
    Object.entries(groups).flatMap(([group, features]) =>
      Object.entries(features).map(([name, value]): [string, number] => [`${group}.${name}`, value]),
    ),
  );
}
