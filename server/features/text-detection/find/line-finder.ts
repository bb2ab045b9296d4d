import { oncePerImage, type ImageTask } from '../../../image/once-per-image.js';
import { oncePerPool } from '../../../threads/once-per-pool.js';
import type { WorkerPool } from '../../../threads/worker-pool.js';
import type { LineBox } from '../line/geometry.js';
import { inPortions } from '../line/in-portions.js';
import type { TextJobs } from '../text-jobs.js';
import { orientLines } from '../turn/direction.js';
import { findLines } from './find-lines.js';

/** Detects the lines of an image, once for all features that need them. Their text runs from left to right in the boxes. */
export type LineFinder = ImageTask<LineBox[]>;

/** The line finder of a pool, which all features share. */
export const lineFinderOf = oncePerPool((pool: WorkerPool<TextJobs>): LineFinder =>
  oncePerImage(async (image, signal) => {
    const boxes = await findLines(image, {
      detect: (view) => pool.run('detectLines', { image, view }, signal),
      findInk: () => pool.run('findInk', { image }, signal),
    });
    const oriented = await orientLines(
      {
        upsideDown: (lines) => pool.run('scoreUpsideDown', { image, boxes: lines }, signal),
        confidence: (lines) =>
          inPortions(lines, (portion) => pool.run('scoreConfidence', { image, boxes: portion }, signal)),
      },
      boxes,
    );
    return inPortions(oriented, (portion) => pool.run('extendBoxes', { image, boxes: portion }, signal));
  }),
);
