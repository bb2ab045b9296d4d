import type { TextAnnotation } from '../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import { wordKey } from './text-accuracy.js';

/** A word and the box around it: left, top, right, bottom in pixels. */
export interface LabeledWord {
  readonly text: string;
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
}

/** Intersection over union of the boxes of all words that are read right with those of their labels. */
export function wordBoxOverlaps(labels: readonly LabeledWord[], annotation: TextAnnotation): number[] {
  const words = annotation.pages.flatMap(({ blocks }) =>
    blocks.flatMap(({ lines }) => lines.flatMap((line) => line.words)),
  );
  const remaining = words.map(({ text, boundingBox }): LabeledWord => {
    const xs = boundingBox?.vertices.map(({ x }) => Number(x)) ?? [];
    const ys = boundingBox?.vertices.map(({ y }) => Number(y)) ?? [];
    return { text, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
  });
  return labels.flatMap((label) => {
    const same = remaining
      .map((word, index) => ({
        index,
        overlap: wordKey(word.text) === wordKey(label.text) ? overlap(word.box, label.box) : 0,
      }))
      .toSorted((a, b) => b.overlap - a.overlap)[0];
    // The same word elsewhere on the page is not this one.
    if (same === undefined || same.overlap === 0) return [];
    remaining.splice(same.index, 1);
    return [same.overlap];
  });
}

function overlap(a: LabeledWord['box'], b: LabeledWord['box']): number {
  const [width, height] = [Math.min(a[2], b[2]) - Math.max(a[0], b[0]), Math.min(a[3], b[3]) - Math.max(a[1], b[1])];
  if (width <= 0 || height <= 0) return 0;
  const area = ([left, top, right, bottom]: LabeledWord['box']): number => (right - left) * (bottom - top);
  return (width * height) / (area(a) + area(b) - width * height);
}
