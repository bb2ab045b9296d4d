import { VisionError } from '../errors/errors.js';
import type { Size } from './polygon.js';

/** Limit of the sides of an image, in pixels: that of JPEG. A PNG of one row of 20,000,000 took 40 s and 1.5 GB. */
const maxSide = 65_535;

/** @throws VisionError IMAGE_TOO_LONG if no feature can analyze an image of this size */
export function checkSides({ width, height }: Size): void {
  if (Math.max(width, height) > maxSide) throw VisionError.of('IMAGE_TOO_LONG', { width, height, limit: maxSide });
}
