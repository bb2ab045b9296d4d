import type { Image } from '../../../image/image.js';
import { oncePerImage, type ImageTask } from '../../../image/once-per-image.js';
import { oncePerPool } from '../../../threads/once-per-pool.js';
import type { WorkerPool } from '../../../threads/worker-pool.js';
import { boxHeight, boxWidth, type LineBox } from '../line/geometry.js';
import { textOf } from '../line/recognized-line.js';
import type { LineReading } from '../read/read-line.js';
import { neuralPlan } from '../read/reading-plan.js';
import type { TextJobs } from '../text-jobs.js';
import { lineFinderOf } from './line-finder.js';

/** Share of an image that text covers, 0..1. */
export type TextCoverage = ImageTask<number>;

/** The detector also marks what only looks like text, so its largest boxes are read. Photos have few. */
const maxRead = 12;
/** A box has text if it reads as at least so many characters with this confidence. Chosen by hand. */
const minConfidence = 0.7;
const minCharacters = 2;

/** The text coverage of a pool, which all features share. */
export const textCoverageOf = oncePerPool((pool: WorkerPool<TextJobs>): TextCoverage =>
  oncePerImage(async (image, signal) => {
    const boxes = (await lineFinderOf(pool)(image, signal)).toSorted((a, b) => areaOf(b) - areaOf(a));
    const largest = boxes.slice(0, maxRead);
    if (largest.length === 0) return 0;
    // The neural recognizers are confident even of letters that they do not know, and not of what is no text.
    return coverageOf(image, boxes, await pool.run('readLines', { image, boxes: largest, plan: neuralPlan }, signal));
  }),
);

/**
 * The share of the image that all boxes cover, times the share of the area of the read boxes that has text.
 * @param boxes largest first
 * @param readings of the first boxes
 */
export function coverageOf(
  { width, height }: Pick<Image, 'width' | 'height'>,
  boxes: readonly LineBox[],
  readings: readonly LineReading[],
): number {
  const area = (list: readonly LineBox[]): number => list.reduce((sum, box) => sum + areaOf(box), 0);
  const isText = ({ neural }: LineReading): boolean =>
    neural.confidence >= minConfidence && textOf(neural).replaceAll(' ', '').length >= minCharacters;
  const confirmed = boxes.filter((_, index) => readings[index] !== undefined && isText(readings[index]));
  const share = area(confirmed) / Math.max(1, area(boxes.slice(0, readings.length)));
  return Math.min(1, (area(boxes) / (width * height)) * share);
}

function areaOf(box: LineBox): number {
  return boxWidth(box) * boxHeight(box);
}
