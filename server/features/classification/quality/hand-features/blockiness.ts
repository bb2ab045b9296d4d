import type { Plane } from './plane.js';
import { logOf } from './statistics.js';

/** Side of a JPEG block, in pixels. */
const blockSide = 8;

/**
 * Traces of block compression along rows and columns, after "No-Reference Perceptual Quality Assessment of JPEG
 * Compressed Images" (Wang, Sheikh, Bovik, ICIP 2002). The grid may start anywhere: photos are cropped and rotated.
 */
export function blockiness(luma: Plane): Record<string, number> {
  const { width, height } = luma;
  return { ...alongLines('h', luma, 1, width, width, height), ...alongLines('v', luma, width, 1, height, width) };
}

function alongLines(
  name: string,
  { data }: Plane,
  step: number,
  lineStep: number,
  length: number,
  lines: number,
): Record<string, number> {
  const sums = new Float64Array(blockSide);
  const counts = new Float64Array(blockSide);
  let crossings = 0;
  for (let line = 0; line < lines; line++) {
    let at = line * lineStep;
    let before = 0;
    for (let position = 0; position + 1 < length; position++, at += step) {
      const difference = data[at + step]! - data[at]!;
      sums[position % blockSide]! += Math.abs(difference);
      counts[position % blockSide]!++;
      if (difference * before < 0) crossings++;
      before = difference;
    }
  }
  const means = sums.map((sum, phase) => sum / Math.max(1, counts[phase]!));
  const strongest = Math.max(...means);
  const rest = (means.reduce((sum, mean) => sum + mean, 0) - strongest) / (blockSide - 1);
  return {
    // Without a grid all phases are equal. Half a gray level bounds the ratio for flat images, where any trace counts.
    [`${name}.grid`]: Math.log((strongest + 0.5) / (rest + 0.5)),
    [`${name}.activity`]: logOf(rest),
    [`${name}.crossings`]: crossings / Math.max(1, lines * Math.max(1, length - 2)),
  };
}
