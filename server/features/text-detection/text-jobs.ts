import type { Image } from '../../image/image.js';
import { leveled, rotatedCounterclockwise, type Leveling } from '../../image/rotate.js';
import { lazy } from '../../inference/lazy.js';
import { modelFiles } from '../../inference/model-files.js';
import { loadOnnxModel, loadPulledNetwork } from '../../inference/onnx/onnx-session.js';
import type { FoundModel } from '../../inference/pulled-models.js';
import { noCheckpoint, type Checkpoint, type JobHandlers } from '../../threads/jobs.js';
import { fitWords } from './annotate/fit-words.js';
import { detectLines, type View } from './find/detector.js';
import { findInk, type InkMap } from './find/ink.js';
import { createLineSource } from './line/crop-line.js';
import { extendToInk } from './line/extend-to-ink.js';
import type { LineBox } from './line/geometry.js';
import { extendToMarks } from './line/hold-marks.js';
import { latinCyrillicModel } from './read/latin-cyrillic.js';
import { readLine, type LineReading } from './read/read-line.js';
import type { ReadingPlan } from './read/reading-plan.js';
import { loadRecognizers } from './read/recognizers.js';
import { upsideDownProbability } from './turn/direction.js';
import { turnLabels, type TurnedLabels } from './turn/turn-labels.js';

/** The jobs of text detection that run on inference threads. */
export type TextJobs = {
  /** Detects lines in a part of the image, by the pulled detector where one is given. */
  detectLines: { input: { image: Image; view: View; detector?: FoundModel | undefined }; output: LineBox[] };
  /** Looks for what differs from a plain ground. */
  findInk: { input: { image: Image }; output: InkMap };
  /** Probability for each of the boxes that its text is upside down in it, 0..1. */
  scoreUpsideDown: { input: { image: Image; boxes: readonly LineBox[] }; output: number[] };
  /** Confidence of the first recognizer for each of the boxes, 0..1. */
  scoreConfidence: { input: { image: Image; boxes: readonly LineBox[] }; output: number[] };
  /** Rotates the image by 90 degrees counterclockwise. */
  rotateImage: { input: { image: Image }; output: Image };
  /** Makes what is tilted in the image level. */
  levelImage: { input: { image: Image; leveling: Leveling }; output: Image };
  /** The boxes with ends that cut through no ink. */
  extendBoxes: { input: { image: Image; boxes: readonly LineBox[] }; output: LineBox[] };
  /** The boxes with the marks above and below their letters. */
  extendToMarks: { input: { image: Image; boxes: readonly LineBox[] }; output: LineBox[] };
  /** The boxes of the labels in each of the boxes, whose reading is in doubt, if they are other boxes. */
  turnLabels: { input: { image: Image; boxes: readonly LineBox[] }; output: TurnedLabels[] };
  /** Reads the text in the boxes, in their order. */
  readLines: { input: { image: Image; boxes: readonly LineBox[]; plan: ReadingPlan }; output: LineReading[] };
};

/** Loads the models of text detection on the calling thread, the further recognizers and Tesseract when they are needed. */
export async function loadTextJobs(): Promise<JobHandlers<TextJobs>> {
  const [detector, classifier, recognizers] = await Promise.all([
    loadOnnxModel(modelFiles.textDetector),
    loadOnnxModel(modelFiles.textDirection),
    loadRecognizers(),
  ]);
  const pulledDetector = lastLoaded(loadPulledNetwork);
  return {
    async detectLines({ image, view, detector: pulled }, checkpoint) {
      return detectLines(pulled === undefined ? detector : await pulledDetector(pulled), image, view, checkpoint);
    },
    async findInk({ image }) {
      return findInk(image);
    },
    async scoreUpsideDown({ image, boxes }, checkpoint = noCheckpoint) {
      return forEachBox(boxes, checkpoint, (box) => upsideDownProbability(classifier, image, box));
    },
    async scoreConfidence({ image, boxes }, checkpoint = noCheckpoint) {
      return forEachBox(boxes, checkpoint, async (box) => {
        return (await recognizers.first.read(createLineSource(image, box))).confidence;
      });
    },
    async levelImage({ image, leveling }, checkpoint = noCheckpoint) {
      return leveled(image, leveling, checkpoint);
    },
    async extendBoxes({ image, boxes }, checkpoint = noCheckpoint) {
      return forEachBox(boxes, checkpoint, async (box) => extendToInk(image, box));
    },
    async extendToMarks({ image, boxes }, checkpoint = noCheckpoint) {
      return forEachBox(boxes, checkpoint, async (box) => extendToMarks(image, box));
    },
    async turnLabels({ image, boxes }, checkpoint = noCheckpoint) {
      return forEachBox(boxes, checkpoint, (box) =>
        turnLabels(image, box, async (label) => {
          checkpoint();
          return recognizers.first.read(createLineSource(image, label));
        }),
      );
    },
    async rotateImage({ image }) {
      return rotatedCounterclockwise(image);
    },
    async readLines({ image, boxes, plan }, checkpoint = noCheckpoint) {
      let startWith: NonNullable<LineReading['sure']> = 'neural';
      return forEachBox(boxes, checkpoint, async (box) => {
        const line = createLineSource(image, box);
        const reading = await readLine(recognizers, line, plan, startWith);
        startWith = reading.sure ?? startWith;
        return {
          ...reading,
          neural: { ...reading.neural, ...fitWords(line.cropAtHeight(latinCyrillicModel.height), reading.neural) },
        };
      });
    },
  };
}

/** Runs a task for one box after the other. */
async function forEachBox<Result>(
  boxes: readonly LineBox[],
  checkpoint: Checkpoint,
  task: (box: LineBox) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const box of boxes) {
    checkpoint();
    results.push(await task(box));
  }
  return results;
}

/** Loads a model when it is first needed, and keeps it until another is. */
function lastLoaded<Loaded>(load: (found: FoundModel) => Promise<Loaded>): (found: FoundModel) => Promise<Loaded> {
  let last: { readonly path: string; readonly get: (found: FoundModel) => Promise<Loaded> } | undefined;
  return async (found) => {
    if (last?.path !== found.path) last = { path: found.path, get: lazy(load) };
    return last.get(found);
  };
}
