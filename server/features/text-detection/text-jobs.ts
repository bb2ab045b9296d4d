import type { Image } from '../../image/image.js';
import { rotatedCounterclockwise } from '../../image/rotate.js';
import { modelFiles } from '../../inference/model-files.js';
import { loadOnnxModel } from '../../inference/onnx/onnx-session.js';
import type { JobHandlers } from '../../threads/jobs.js';
import { fitWords } from './annotate/fit-words.js';
import { findLines } from './find/find-lines.js';
import { createLineSource } from './line/crop-line.js';
import type { LineBox } from './line/geometry.js';
import { orientLines } from './read/direction.js';
import { latinCyrillicModel } from './read/latin-cyrillic.js';
import { readLine, type LineReading } from './read/read-line.js';
import type { ReadingPlan } from './read/reading-plan.js';
import { loadRecognizers } from './read/recognizers.js';

/** The jobs of text detection that run on inference threads. */
export type TextJobs = {
  /** Detects lines. Boxes are rotated so that their text reads from left to right. */
  findLines: { input: { image: Image }; output: LineBox[] };
  /** Rotates the image by 90 degrees counterclockwise. */
  rotateImage: { input: { image: Image }; output: Image };
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
  return {
    async findLines({ image }) {
      return orientLines({ classifier, recognizer: recognizers.first }, image, await findLines(detector, image));
    },
    async rotateImage({ image }) {
      return rotatedCounterclockwise(image);
    },
    async readLines({ image, boxes, plan }) {
      const readings: LineReading[] = [];
      let startWith: NonNullable<LineReading['sure']> = 'neural';
      for (const box of boxes) {
        const line = createLineSource(image, box);
        const reading = await readLine(recognizers, line, plan, startWith);
        readings.push({
          ...reading,
          neural: { ...reading.neural, ...fitWords(line.cropAtHeight(latinCyrillicModel.height), reading.neural) },
        });
        startWith = reading.sure ?? startWith;
      }
      return readings;
    },
  };
}
