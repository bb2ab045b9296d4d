import type { TextAnnotation } from '../../../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import type { FeatureTextDetectionConfig } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { VisionError } from '../../errors/errors.js';
import type { Image } from '../../image/image.js';
import type { LayerWord } from '../../image/text-layer.js';
import type { WorkerPool } from '../../threads/worker-pool.js';
import { annotateDocument, annotatePage, annotatePlates, type ReadPage } from './annotate/annotation.js';
import type { PolygonShape } from './annotate/place-words.js';
import type { LineFinder } from './find/line-finder.js';
import { hasMarks } from './language/languages.js';
import { boundsOf, boxHeight, boxWidth, pointInBox, wholeImage, type LineBox, type Point } from './line/geometry.js';
import { withoutMarks } from './line/hold-marks.js';
import { inPortions } from './line/in-portions.js';
import { readPage } from './read-page.js';
import { combineReadings } from './read/choose-readings.js';
import type { LineReading } from './read/read-line.js';
import { planReading } from './read/reading-plan.js';
import type { TesseractDataFinder } from './read/tesseract-data.js';
import { correctByLayer } from './read/text-layer.js';
import { licensePlates, templates } from './templates/templates.js';
import type { TextJobs } from './text-jobs.js';
import type { TurnedLabels } from './turn/turn-labels.js';
import { turnPage } from './turn/turn-page.js';

const models = ['page', 'line', ...templates.keys(), licensePlates];
/** Used if a client sends no config. */
const defaultConfig: FeatureTextDetectionConfig = { languageCodes: ['*'], model: 'page' };

/**
 * Limits of the lines of an image. Reading so many takes minutes, so that `--job-seconds` ends most images before; what
 * comes after reading takes no more than seconds.
 */
const maxLines = { page: 10_000, document: 1000 } as const;

/** Minimum aspect ratio of lines of vertical text. */
const minAspect = 2;

export interface TextDependencies {
  readonly pool: WorkerPool<TextJobs>;
  readonly findLines: LineFinder;
  readonly data: TesseractDataFinder;
  readonly polygons: PolygonShape;
}

/**
 * Reads the text of an image.
 * @param layer words that its file says are in it, by which doubtful ones are corrected
 * @throws VisionError TOO_MANY_LINES or for an invalid config, WorkerCrashedError, or the signal's reason
 */
export async function analyzeText(
  { pool, findLines, data, polygons }: TextDependencies,
  image: Image,
  { languageCodes, model }: FeatureTextDetectionConfig = defaultConfig,
  signal: AbortSignal,
  layer: readonly LayerWord[] = [],
): Promise<TextAnnotation> {
  if (model !== '' && !models.includes(model)) {
    throw VisionError.of('MODEL_UNKNOWN', { model, feature: 'TEXT_DETECTION', known: models.join(', ') });
  }
  const plan = await planReading(languageCodes, data);
  const template = templates.get(model);
  const limit = model === licensePlates || template !== undefined ? maxLines.document : maxLines.page;
  const readBoxes = (picture: Image, boxes: readonly LineBox[]): Promise<LineReading[]> => {
    if (boxes.length > limit) {
      throw VisionError.of('TOO_MANY_LINES', { lines: boxes.length, model: model || 'page', limit });
    }
    return inPortions(boxes, (portion) => pool.run('readLines', { image: picture, boxes: portion, plan }, signal));
  };
  const read = async (picture: Image, boxes: readonly LineBox[]): Promise<ReadPage> => {
    const lines = combineReadings(await readBoxes(picture, boxes));
    return { size: picture, boxes, lines: picture === image ? correctByLayer(boxes, lines, layer) : lines };
  };
  const turn = (boxes: readonly LineBox[]): Promise<TurnedLabels[]> =>
    inPortions(boxes, (portion) => pool.run('turnLabels', { image, boxes: portion }, signal));
  const holdMarks = async (boxes: readonly LineBox[]): Promise<readonly LineBox[]> =>
    withoutMarks(
      boxes,
      await inPortions(boxes, (portion) => pool.run('extendToMarks', { image, boxes: portion }, signal)),
    );
  if (model === 'line') return annotatePage(await read(image, [wholeImage(image)]), plan, polygons, signal);
  const found = await findLines(image, signal);
  const detected = plan.languages.some(hasMarks) ? await holdMarks(found) : found;
  const boxes = plan.tesseract.length === 0 ? detected : await turnPage(detected, (lines) => readBoxes(image, lines));
  if (model === licensePlates) return annotatePlates(await read(image, boxes));
  if (template === undefined) {
    const page = await readPage({ read: (some) => readBoxes(image, some), turn }, image, boxes, layer);
    return annotatePage(page, plan, polygons, signal);
  }
  const page = await read(image, boxes);
  if (template.hasVerticalText !== true) return annotateDocument(page, template);
  const turned = await pool.run('rotateImage', { image }, signal);
  const level = (await findLines(turned, signal)).filter(isLongAndLevel);
  return annotateDocument(withVerticalText(page, await read(turned, level)), template);
}

/** Whether a line is elongated and closer to horizontal than to vertical. */
function isLongAndLevel(box: LineBox): boolean {
  return boxWidth(box) > minAspect * boxHeight(box) && Math.abs(box[1].x - box[0].x) > Math.abs(box[1].y - box[0].y);
}

/** Adds vertical text, which was read on the rotated page, and removes what had been read in its place. */
function withVerticalText(page: ReadPage, turned: ReadPage): ReadPage {
  const { width } = page.size;
  const back = ({ x, y }: Point): Point => ({ x: width - y, y: x });
  const vertical = turned.boxes.map(([a, b, c, d]): LineBox => [back(a), back(b), back(c), back(d)]);
  const areas = vertical.map(boundsOf);
  const kept = page.boxes.map((box) => {
    const { x, y } = pointInBox(box, 0.5, 0.5);
    return !areas.some(({ left, top, right, bottom }) => x > left && x < right && y > top && y < bottom);
  });
  const keep = <Item>(items: readonly Item[]): Item[] => items.filter((_, index) => kept[index]);
  return { size: page.size, boxes: [...keep(page.boxes), ...vertical], lines: [...keep(page.lines), ...turned.lines] };
}
