import type { TextAnnotation } from '../gen/yandex/cloud/ai/vision/v1/text_detection.js';
import { wordKey } from './text-accuracy.js';

/** Left, top, right, bottom in pixels. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** A word and the box around it. */
export interface LabeledWord {
  readonly text: string;
  readonly box: Box;
}

/** Intersection over union of two boxes, and of their extents from left to right. Each from 0 to 1. */
export interface BoxOverlap {
  readonly area: number;
  readonly horizontal: number;
}

/** All words of an answer in its order. A word that holds spaces, as an entity may, stays one. */
export function wordsOf({ pages }: TextAnnotation): LabeledWord[] {
  return pages.flatMap(({ blocks }) =>
    blocks.flatMap(({ lines }) =>
      lines.flatMap(({ words }) =>
        words.map(({ text, boundingBox }): LabeledWord => {
          const xs = boundingBox?.vertices.map(({ x }) => Number(x)) ?? [];
          const ys = boundingBox?.vertices.map(({ y }) => Number(y)) ?? [];
          return { text, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
        }),
      ),
    ),
  );
}

/** Overlaps of the boxes of all words that are read right with those of their labels. */
export function wordBoxOverlaps(labels: readonly LabeledWord[], words: readonly LabeledWord[]): BoxOverlap[] {
  const remaining = [...words];
  return labels.flatMap((label) => {
    const same = remaining
      .map((word, index) => ({
        index,
        overlap: wordKey(word.text) === wordKey(label.text) ? overlap(word.box, label.box) : { area: 0, horizontal: 0 },
      }))
      .toSorted((a, b) => b.overlap.area - a.overlap.area)[0];
    // The same word elsewhere on the page is not this one.
    if (same === undefined || same.overlap.area === 0) return [];
    remaining.splice(same.index, 1);
    return [same.overlap];
  });
}

function overlap(a: Box, b: Box): BoxOverlap {
  const [width, height] = [Math.min(a[2], b[2]) - Math.max(a[0], b[0]), Math.min(a[3], b[3]) - Math.max(a[1], b[1])];
  if (width <= 0 || height <= 0) return { area: 0, horizontal: 0 };
  const area = ([left, top, right, bottom]: Box): number => (right - left) * (bottom - top);
  return {
    area: (width * height) / (area(a) + area(b) - width * height),
    horizontal: width / (a[2] - a[0] + b[2] - b[0] - width),
  };
}
