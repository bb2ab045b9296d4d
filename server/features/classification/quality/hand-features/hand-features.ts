import type { Image } from '../../../../image/image.js';
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
export function handFeatures(image: Image): ReadonlyMap<string, number> {
  const working = workingImage(image);
  const groups = {
    sharpness: sharpness(working.luma),
    noise: noise(working),
    blockiness: blockiness(working.luma),
    tone: tone(working.luma),
    color: color(working),
    brisque: brisqueStatistics(working.luma),
  };
  return new Map(
    Object.entries(groups).flatMap(([group, features]) =>
      Object.entries(features).map(([name, value]): [string, number] => [`${group}.${name}`, value]),
    ),
  );
}
