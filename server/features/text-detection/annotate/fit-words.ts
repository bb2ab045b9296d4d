import type { LineCrop } from '../line/crop-line.js';
import type { RecognizedLine, RecognizedWord } from '../line/recognized-line.js';

/** Gray levels of the histogram that separates ink from paper. */
const grayLevels = 64;
/** Maximum gap without ink within a word, such as below a dot, in heights of the line. Chosen by hand. */
const maxRowGap = 0.1;
/** Minimum width in which the ink of a single character is searched, in heights of the line. Chosen by hand. */
const minCharacterWidth = 0.6;
/** Margin around the ink, in heights of the line. The best of 0.02 to 0.1 for the labels of 14 forms of FUNSD. */
const margin = 0.08;

/** Fits the boxes of words, which timesteps give roughly, to the ink in them. */
export function fitWords(crop: LineCrop, line: RecognizedLine): RecognizedLine {
  const ink = inkOf(crop);
  return { ...line, words: line.words.map((word) => fitWord(crop, ink, word)) };
}

function fitWord({ width, height }: LineCrop, ink: Uint8Array, word: RecognizedWord): RecognizedWord {
  // A word of one character has one timestep, which is narrower than most characters.
  const extraWidth =
    Array.from(word.text).length === 1
      ? Math.max(0, minCharacterWidth - ((word.right - word.left) * width) / height) * height
      : 0;
  const left = Math.min(width - 1, Math.max(0, Math.round(word.left * width - extraWidth / 2)));
  const right = Math.max(left + 1, Math.min(width, Math.round(word.right * width + extraWidth / 2)));
  const columns = columnsOfInk(ink, width, height, left, right);
  const [first, last] = [columns.findIndex((count) => count > 0), columns.findLastIndex((count) => count > 0)];
  if (first < 0) return word;
  const { top, bottom } = rowsOfInk(ink, width, height, left + first, left + last + 1);
  const pad = margin * height;
  return {
    ...word,
    left: Math.max(0, (left + first - pad) / width),
    right: Math.min(1, (left + last + 1 + pad) / width),
    top: Math.max(0, (top - pad) / height),
    bottom: Math.min(1, (bottom + pad) / height),
  };
}

function columnsOfInk(ink: Uint8Array, width: number, height: number, left: number, right: number): number[] {
  return Array.from({ length: Math.max(1, right - left) }, (_, index) => {
    let count = 0;
    for (let y = 0, at = left + index; y < height; y++, at += width) count += ink[at]!;
    return count;
  });
}

/** The rows of a word: the run of rows with the most ink. Other runs belong to the lines above and below. */
function rowsOfInk(
  ink: Uint8Array,
  width: number,
  height: number,
  left: number,
  right: number,
): { top: number; bottom: number } {
  let best = { top: 0, bottom: height, mass: 0 };
  let run = { top: 0, bottom: 0, mass: 0 };
  for (let y = 0; y < height; y++) {
    let count = 0;
    for (let at = y * width + left; at < y * width + right; at++) count += ink[at]!;
    if (count === 0) continue;
    if (run.mass === 0 || y - run.bottom > maxRowGap * height) run = { top: y, bottom: y + 1, mass: 0 };
    run = { top: run.top, bottom: y + 1, mass: run.mass + count };
    if (run.mass > best.mass) best = run;
  }
  return best;
}

/** 1 for each pixel of ink, the rarer of two classes of brightness that Otsu's threshold separates (Otsu 1979). */
function inkOf({ width, height, rgb }: LineCrop): Uint8Array {
  const levels = new Uint8Array(width * height);
  const counts = new Float64Array(grayLevels);
  for (let at = 0; at < levels.length; at++) {
    const luma = 0.299 * rgb[3 * at]! + 0.587 * rgb[3 * at + 1]! + 0.114 * rgb[3 * at + 2]!;
    levels[at] = Math.min(grayLevels - 1, Math.max(0, (luma * grayLevels) / 256));
    counts[levels[at]!]!++;
  }
  const threshold = otsu(counts, levels.length);
  let dark = 0;
  for (let level = 0; level < threshold; level++) dark += counts[level]!;
  const inkIsDark = 2 * dark <= levels.length;
  return levels.map((level) => (level < threshold === inkIsDark ? 1 : 0));
}

/** The threshold with the largest variance between the levels below it and the others. */
function otsu(counts: Float64Array, total: number): number {
  const sum = counts.reduce((all, count, level) => all + count * level, 0);
  let [best, threshold] = [-1, 0];
  let [below, sumBelow] = [0, 0];
  for (let level = 1; level < grayLevels; level++) {
    below += counts[level - 1]!;
    sumBelow += counts[level - 1]! * (level - 1);
    if (below === 0 || below === total) continue;
    const difference = sumBelow / below - (sum - sumBelow) / (total - below);
    const between = below * (total - below) * difference * difference;
    if (between > best) [best, threshold] = [between, level];
  }
  return threshold;
}
