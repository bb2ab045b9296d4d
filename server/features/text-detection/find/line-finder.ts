import { oncePerImage, type ImageTask } from '../../../image/once-per-image.js';
import { oncePerPool } from '../../../threads/once-per-pool.js';
import type { WorkerPool } from '../../../threads/worker-pool.js';
import type { LineBox } from '../line/geometry.js';
import type { TextJobs } from '../text-jobs.js';

/** Detects the lines of an image, once for all features that need them. */
export type LineFinder = ImageTask<LineBox[]>;

/** The line finder of a pool, which all features share. */
export const lineFinderOf = oncePerPool((pool: WorkerPool<TextJobs>): LineFinder =>
  oncePerImage((image, signal) => pool.run('findLines', { image }, signal)),
);
