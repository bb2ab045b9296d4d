import type { TextAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import type { FeatureTextDetectionConfig } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../../errors.js';
import type { Image } from '../../image/image.js';
import { oncePerImage, type ImageTask } from '../../image/once-per-image.js';
import type { WorkerPool } from '../../inference/worker-pool.js';
import { annotate } from './annotation.js';
import { boxHeight, boxWidth, type LineBox } from './geometry.js';
import type { LineReading } from './read-line.js';
import { planReading, type ReadingPlan } from './reading-plan.js';
import { settleReadings } from './settle-readings.js';
import type { TesseractDataFinder } from './tesseract-data.js';
import type { TextJobs } from './text-jobs.js';

const models = ['page', 'line'];
/** A client that leaves the whole config away gets this. */
const defaultConfig: FeatureTextDetectionConfig = { languageCodes: ['*'], model: 'page' };

/**
 * Lines are read in portions of about this summed width over height. A portion is what one thread does at a stretch:
 * small enough that threads finish together, that other requests get their turn, and that a cancelled one soon ends.
 */
const portionAspect = 60;

/** Finds the lines of an image, once for all features that want them. */
export type LineFinder = ImageTask<LineBox[]>;

export interface TextEngine {
  readonly pool: WorkerPool<TextJobs>;
  readonly findLines: LineFinder;
  readonly data: TesseractDataFinder;
}

export function createLineFinder(pool: WorkerPool<TextJobs>): LineFinder {
  return oncePerImage((image, signal) => pool.run('findLines', { image }, signal));
}

/**
 * Reads the text of an image.
 * @throws VisionError for a wrong config, WorkerCrashedError, or the signal's reason
 */
export async function analyzeText(
  { pool, findLines, data }: TextEngine,
  image: Image,
  { languageCodes, model }: FeatureTextDetectionConfig = defaultConfig,
  signal: AbortSignal,
): Promise<TextAnnotation> {
  if (model !== '' && !models.includes(model)) {
    throw VisionError.of('MODEL_UNKNOWN', { model, feature: 'TEXT_DETECTION', known: models.join(', ') });
  }
  const plan = await planReading(languageCodes, data);
  const boxes = model === 'line' ? [wholeImage(image)] : await findLines(image, signal);
  const lines = settleReadings(await readInPortions(pool, image, boxes, plan, signal));
  return annotate(image, boxes, lines, plan);
}

function wholeImage({ width, height }: Image): LineBox {
  return [
    { x: 0, y: 0 },
    { x: width, y: 0 },
    { x: width, y: height },
    { x: 0, y: height },
  ];
}

async function readInPortions(
  pool: WorkerPool<TextJobs>,
  image: Image,
  boxes: readonly LineBox[],
  plan: ReadingPlan,
  signal: AbortSignal,
): Promise<LineReading[]> {
  const portions = portionsOf(boxes);
  const read: LineReading[][] = [];
  const remaining = portions.entries();
  // As many portions at a time as there are threads, so that the lines of other images are read in between.
  const readSome = async (): Promise<void> => {
    for (const [index, portion] of remaining) {
      read[index] = await pool.run('readLines', { image, boxes: portion, plan }, signal);
    }
  };
  await Promise.all(Array.from({ length: pool.size }, readSome));
  return read.flat();
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
