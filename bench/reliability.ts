import type { TextAnnotation } from '../client/index.js';
import { wordKey } from '../datasets/text-accuracy.js';

const bins = 10;

/** Compares the confidence of words with the part of them that is right, in bins of a tenth (Guo et al. 2017). */
export class Reliability {
  readonly #words = Array.from({ length: bins }, () => 0);
  readonly #right = Array.from({ length: bins }, () => 0);
  readonly #confidence = Array.from({ length: bins }, () => 0);

  /** A word is right that the text holds, as often as it does: the surest first. */
  add(expected: string, annotation: TextAnnotation): void {
    const left = new Map<string, number>();
    for (const key of expected.split(/\s+/).map(wordKey)) left.set(key, (left.get(key) ?? 0) + 1);
    const words = annotation.pages.flatMap(({ blocks }) =>
      blocks.flatMap(({ lines }) => lines.flatMap((line) => line.words)),
    );
    // An entity may hold spaces.
    const single = words.flatMap(({ text, confidence }) =>
      text.split(/\s+/).map((part) => ({ key: wordKey(part), confidence })),
    );
    for (const { key, confidence } of single.toSorted((a, b) => b.confidence - a.confidence)) {
      if (key === '') continue;
      const bin = Math.min(bins - 1, Math.floor(confidence * bins));
      const count = left.get(key) ?? 0;
      if (count > 0) left.set(key, count - 1);
      this.#words[bin]!++;
      this.#right[bin]! += count > 0 ? 1 : 0;
      this.#confidence[bin]! += confidence;
    }
  }

  rows(): Array<Record<string, string | number>> {
    return this.#words.flatMap((words, bin) =>
      words === 0
        ? []
        : [
            {
              confidence: (this.#confidence[bin]! / words).toFixed(3),
              right: (this.#right[bin]! / words).toFixed(3),
              words,
            },
          ],
    );
  }

  /** Expected calibration error: the mean difference of both, weighted by words. */
  error(): number {
    const all = this.#words.reduce((sum, words) => sum + words, 0);
    return (
      this.#words.reduce((sum, _, bin) => sum + Math.abs(this.#confidence[bin]! - this.#right[bin]!), 0) /
      Math.max(1, all)
    );
  }
}
