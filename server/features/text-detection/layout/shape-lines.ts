import { distance, pointInBox, type LineBox, type Point } from '../line/geometry.js';
import type { RecognizedLine, RecognizedWord } from '../line/recognized-line.js';

/** A line that was read, and its box on the image. */
export interface BoxedLine {
  readonly box: LineBox;
  readonly line: RecognizedLine;
}

/** Minimum gap between columns, in heights of the line. Spaces in justified prose are narrower. Chosen by hand. */
const minColumnGap = 2;

/**
 * Divides a line at gaps that are too wide for a space: the detector joins cells of a table that are close. Each part
 * gets the section of the box that its words fill.
 */
export function splitAtColumns({ box, line }: BoxedLine): BoxedLine[] {
  const aspect = distance(box[0], box[1]) / Math.max(1, distance(box[0], box[3]));
  const parts: RecognizedWord[][] = [];
  for (const word of line.words) {
    const previous = parts.at(-1)?.at(-1);
    if (previous !== undefined && (word.left - previous.right) * aspect < minColumnGap) parts.at(-1)!.push(word);
    else parts.push([word]);
  }
  return parts.length < 2 ? [{ box, line }] : parts.map((words) => within({ box, line }, words));
}

function within({ box, line }: BoxedLine, words: readonly RecognizedWord[]): BoxedLine {
  const [start, end] = [Math.min(...words.map(({ left }) => left)), Math.max(...words.map(({ right }) => right))];
  const width = end - start || 1;
  const corner = (u: number, v: number): Point => pointInBox(box, u, v);
  return {
    box: [corner(start, 0), corner(end, 0), corner(end, 1), corner(start, 1)],
    line: {
      ...line,
      words: words.map((word) => ({ ...word, left: (word.left - start) / width, right: (word.right - start) / width })),
    },
  };
}
