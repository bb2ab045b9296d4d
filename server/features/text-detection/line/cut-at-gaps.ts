import type { LineCrop } from './crop-line.js';
import { inkColumns } from './trim-to-ink.js';

/** A gap as wide as this, in heights of the line, parts words. Chosen by hand. */
const minSpace = 0.2;

/** A part of a line. */
export interface LinePiece {
  readonly crop: LineCrop;
  /** Where it begins in the line, in pixels. */
  readonly left: number;
  /** Whether it begins within a word, because the line has no space near. */
  readonly isWithinWord: boolean;
}

/** Columns without ink. `end` is exclusive. */
interface Gap {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts a line in the middle of wide gaps into pieces of at most `maxWidth` pixels: networks read lines badly that are much
 * longer than those that they were trained on. Pieces without ink are left out.
 */
export function cutAtGaps(crop: LineCrop, maxWidth: number): LinePiece[] {
  if (crop.width <= maxWidth) return [{ crop, left: 0, isWithinWord: false }];
  const columns = inkColumns(crop);
  const gaps = gapsOf(columns);
  const pieces: LinePiece[] = [];
  let isWithinWord = false;
  for (let left = 0; left < crop.width;) {
    const gap = widestGap(gaps, left, maxWidth, crop.width);
    const right = gap === undefined ? Math.min(crop.width, left + maxWidth) : Math.floor((gap.start + gap.end) / 2);
    if (columns.slice(left, right).includes(true)) {
      pieces.push({ crop: columnsOf(crop, left, right), left, isWithinWord });
      isWithinWord = gap === undefined || gap.end - gap.start < minSpace * crop.height;
    }
    left = right;
  }
  return pieces;
}

/** The widest gap in the second half of the widest piece from a column on, or undefined if the rest is no wider. */
function widestGap(gaps: readonly Gap[], left: number, maxWidth: number, width: number): Gap | undefined {
  if (width - left <= maxWidth) return undefined;
  let widest: Gap | undefined;
  for (const gap of gaps) {
    const middle = Math.floor((gap.start + gap.end) / 2);
    if (middle < left + maxWidth / 2 || middle > left + maxWidth) continue;
    if (widest === undefined || gap.end - gap.start >= widest.end - widest.start) widest = gap;
  }
  return widest;
}

function gapsOf(columns: readonly boolean[]): Gap[] {
  const gaps: Gap[] = [];
  for (let start = columns.indexOf(false); start !== -1;) {
    const next = columns.indexOf(true, start);
    const end = next === -1 ? columns.length : next;
    gaps.push({ start, end });
    start = columns.indexOf(false, end);
  }
  return gaps;
}

function columnsOf({ width, height, rgb }: LineCrop, left: number, right: number): LineCrop {
  const columns = new Float32Array(3 * (right - left) * height);
  for (let y = 0; y < height; y++) {
    columns.set(rgb.subarray(3 * (y * width + left), 3 * (y * width + right)), 3 * y * (right - left));
  }
  return { width: right - left, height, rgb: columns };
}
