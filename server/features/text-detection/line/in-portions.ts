import { boxHeight, boxWidth, type LineBox } from './geometry.js';

/**
 * Lines are read in portions of about this total aspect ratio. A portion is one job: small enough that threads finish
 * together, that other images get their turn, and that a cancelled one soon ends.
 */
const portionAspect = 60;

/** Runs a job for every portion of the lines. @returns the results of all lines, in their order */
export async function inPortions<Result>(
  boxes: readonly LineBox[],
  run: (portion: readonly LineBox[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  return (await Promise.all(portionsOf(boxes).map(run))).flat();
}

function portionsOf(boxes: readonly LineBox[]): LineBox[][] {
  const portions: LineBox[][] = [];
  let room = 0;
  for (const box of boxes) {
    if (room <= 0) {
      portions.push([]);
      room = portionAspect;
    }
    portions.at(-1)!.push(box);
    room -= boxWidth(box) / Math.max(1, boxHeight(box));
  }
  return portions;
}
