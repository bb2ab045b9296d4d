import type { Image } from '../../image/image.js';
import { turnedLeft } from '../../image/turn.js';
import { modelFiles } from '../../inference/model-files.js';
import { loadOnnxModel } from '../../inference/onnx/onnx-session.js';
import type { JobHandlers } from '../../threads/jobs.js';
import { fitWords } from './annotate/fit-words.js';
import { findLines } from './find/find-lines.js';
import { createLineSource } from './line/crop-line.js';
import type { LineBox } from './line/geometry.js';
import { ctcModels, lazyCtcRecognizer, loadCtcRecognizer } from './read/ctc-recognizer.js';
import { orientLines } from './read/direction.js';
import { readLine, type LineReading, type Recognizers } from './read/read-line.js';
import type { ReadingPlan } from './read/reading-plan.js';
import { TesseractRecognizer } from './read/tesseract-recognizer.js';

/** The work of text detection that runs on inference threads. */
export type TextJobs = {
  /** Boxes of the lines, turned so that the text reads from left to right. */
  findLines: { input: { image: Image }; output: LineBox[] };
  /** The image turned by 90 degrees to the left. */
  turnLeft: { input: { image: Image }; output: Image };
  /** What stands in the boxes, in their order. */
  readLines: { input: { image: Image; boxes: readonly LineBox[]; plan: ReadingPlan }; output: LineReading[] };
};

/** Loads the models of text detection on the calling thread. The recognizer for Chinese and Tesseract's data follow when they are needed. */
export async function loadTextJobs(): Promise<JobHandlers<TextJobs>> {
  const [detector, classifier, letters] = await Promise.all([
    loadOnnxModel(modelFiles.textDetector),
    loadOnnxModel(modelFiles.textDirection),
    loadCtcRecognizer(ctcModels.letters),
  ]);
  const recognizers: Recognizers = {
    letters,
    chinese: lazyCtcRecognizer(ctcModels.chinese),
    tesseract: new TesseractRecognizer(),
  };
  return {
    async findLines({ image }) {
      return orientLines({ classifier, recognizer: letters }, image, await findLines(detector, image));
    },
    async turnLeft({ image }) {
      return turnedLeft(image);
    },
    async readLines({ image, boxes, plan }) {
      const readings: LineReading[] = [];
      let first: NonNullable<LineReading['sure']> = 'neural';
      for (const box of boxes) {
        const line = createLineSource(image, box);
        const reading = await readLine(recognizers, line, plan, first);
        readings.push({
          ...reading,
          neural: { ...reading.neural, ...fitWords(line.cropAtHeight(ctcModels.letters.height), reading.neural) },
        });
        first = reading.sure ?? first;
      }
      return readings;
    },
  };
}
