import type { Image } from '../../../image/image.js';
import { oncePerImage, type ImageTask } from '../../../image/once-per-image.js';
import { levelingOf, unleveled } from '../../../image/rotate.js';
import { oncePerPool } from '../../../threads/once-per-pool.js';
import type { WorkerPool } from '../../../threads/worker-pool.js';
import type { LineBox, Point } from '../line/geometry.js';
import { inPortions } from '../line/in-portions.js';
import type { TextJobs } from '../text-jobs.js';
import { orientLines } from '../turn/direction.js';
import { findLines } from './find-lines.js';
import { pulledDetectorOf } from './pulled-detector.js';
import { tiltOf } from './tilt.js';

/** Detects the lines of an image, once for all features that need them. Their text runs from left to right in the boxes. */
export type LineFinder = ImageTask<LineBox[]>;

/** Pixels of an image in which tilted lines are made level, at most. */
const maxLevelPixels = 6_000_000;

/** The line finder of a pool, which all features share. */
export const lineFinderOf = oncePerPool((pool: WorkerPool<TextJobs>): LineFinder =>
  oncePerImage(async (image, signal) => {
    const oriented = await orientLines(
      {
        upsideDown: (lines) => pool.run('scoreUpsideDown', { image, boxes: lines }, signal),
        confidence: (lines) =>
          inPortions(lines, (portion) => pool.run('scoreConfidence', { image, boxes: portion }, signal)),
      },
      await findAtAnyAngle(pool, image, signal),
    );
    return inPortions(oriented, (portion) => pool.run('extendBoxes', { image, boxes: portion }, signal));
  }),
);

/** Finds lines, and if they are tilted looks again at the image in which they are level. */
async function findAtAnyAngle(pool: WorkerPool<TextJobs>, image: Image, signal: AbortSignal): Promise<LineBox[]> {
  const detector = await pulledDetectorOf(pool).find();
  const findIn = (picture: Image): Promise<LineBox[]> =>
    findLines(picture, {
      detect: (view) => pool.run('detectLines', { image: picture, view, detector }, signal),
      findInk: () => pool.run('findInk', { image: picture }, signal),
    });
  const boxes = await findIn(image);
  const tilt = tiltOf(boxes);
  if (tilt === undefined) return boxes;
  const leveling = levelingOf(image, tilt, maxLevelPixels);
  const level = await findIn(await pool.run('levelImage', { image, leveling }, signal));
  return level.map(([a, b, c, d]): LineBox => {
    const back = (point: Point): Point => unleveled(image, leveling, point);
    return [back(a), back(b), back(c), back(d)];
  });
}
