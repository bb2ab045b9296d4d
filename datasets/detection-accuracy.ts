import { overlap, type Face } from '../server/features/face-detection/face.js';
import type { Rectangle } from '../server/image/polygon.js';

/** What was found in an image, beside what is in it. */
export interface LabeledDetections {
  readonly found: readonly Face[];
  readonly expected: readonly Rectangle[];
}

export interface DetectionAccuracy {
  /** Area under precision over recall, every point as good as the best behind it (as PASCAL VOC counts since 2010). */
  readonly averagePrecision: number;
  /** Share of the expected that is found where `falsePerImage` others are. */
  readonly recallAt: (falsePerImage: number) => number;
}

/**
 * Compares all detections, best first. One is right when it overlaps an expected rectangle, which no better one took,
 * by `minOverlap` at least.
 */
export function detectionAccuracy(images: readonly LabeledDetections[], minOverlap: number): DetectionAccuracy {
  const expected = images.reduce((sum, image) => sum + image.expected.length, 0);
  const marked = images.flatMap((image) => markRight(image, minOverlap)).toSorted((a, b) => b.score - a.score);
  let right = 0;
  const points = marked.map((detection, index) => {
    if (detection.isRight) right++;
    return { recall: right / expected, precision: right / (index + 1), wrong: index + 1 - right };
  });
  let area = 0;
  let best = 0;
  for (const [index, point] of [...points.entries()].toReversed()) {
    best = Math.max(best, point.precision);
    area += best * (point.recall - (points[index - 1]?.recall ?? 0));
  }
  return {
    averagePrecision: area,
    recallAt: (falsePerImage) => points.findLast(({ wrong }) => wrong <= falsePerImage * images.length)?.recall ?? 0,
  };
}

function markRight(
  { found, expected }: LabeledDetections,
  minOverlap: number,
): Array<{ score: number; isRight: boolean }> {
  const free = new Set(expected);
  return found
    .toSorted((a, b) => b.score - a.score)
    .map((face) => {
      let taken: Rectangle | undefined;
      let most = 0;
      for (const rectangle of free) {
        const shared = overlap(face, rectangle);
        if (shared < minOverlap || shared <= most) continue;
        most = shared;
        taken = rectangle;
      }
      if (taken !== undefined) free.delete(taken);
      return { score: face.score, isRight: taken !== undefined };
    });
}
