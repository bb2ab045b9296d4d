import type { PixelRegion } from '../../../image/pixel-region.js';
import type { Luma } from './luma.js';

/** Levels of brightness, out of 255, by which a pixel may differ from the background and belong to it. */
const tolerance = 12;
/** Less of the picture than that has no background. */
const minBackground = 0.08;
/** A row or column belongs to a picture within the picture when that part of the fullest one is not background. */
const fullness = 0.55;
/** A region smaller than that, in parts of width and height, is not looked at. */
const minSide = 0.15;
/** Regions whose edges are all within that of each other, in parts of width and height, are the same. */
const sameEdge = 0.01;
/**
 * Pixels on both sides of an edge, and the part of it by which more must be filled inside than outside: a picture that was
 * put there ends at once, a thing before a plain background bit by bit.
 */
const beside = 3;
const minJump = 0.4;
/** A picture that was turned leaves background in all corners of the whole: that part of this part of its sides. */
const cornerSide = 0.04;
const inCorner = 0.8;

/**
 * Parts of a picture that may be the picture someone put there: what is left without a border of one brightness, and the
 * largest filled rectangle on a plain background, as a photo lies in a screenshot. The whole is not among them.
 */
export function contentRegions(luma: Luma): PixelRegion[] {
  const background = backgroundOf(luma);
  if (background === undefined) return [];
  const mask = new Uint8Array(luma.data.length);
  for (let at = 0; at < mask.length; at++) mask[at] = Math.abs(luma.data[at]! - background) > tolerance ? 1 : 0;
  const whole = { left: 0, top: 0, width: luma.width, height: luma.height };
  const isTurned = cornersAreBackground(mask, luma);
  const regions = [whole];
  for (const region of [shrink(mask, luma, whole, 0.02, 0.01), filledRectangle(mask, luma, whole)]) {
    const isLarge = region.width >= minSide * luma.width && region.height >= minSide * luma.height;
    if (
      isLarge &&
      (isTurned || hasEdges(mask, luma, region)) &&
      !regions.some((other) => isSame(other, region, luma))
    ) {
      regions.push(region);
    }
  }
  return regions.slice(1);
}

/** The most frequent brightness, if it is frequent enough. */
function backgroundOf({ data }: Luma): number | undefined {
  const counts = new Int32Array(256);
  for (const value of data) counts[(value + 0.5) & 255]!++;
  let [best, most] = [0, 0];
  for (let level = 0; level < 256; level++) {
    let near = 0;
    for (let other = Math.max(0, level - 3); other <= Math.min(255, level + 3); other++) near += counts[other]!;
    if (near > most) [best, most] = [level, near];
  }
  return most >= minBackground * data.length ? best : undefined;
}

/** Rows and columns by turns: each look at one makes the other clearer. */
function filledRectangle(mask: Uint8Array, luma: Luma, whole: PixelRegion): PixelRegion {
  let region = whole;
  for (let pass = 0; pass < 3; pass++) region = shrink(mask, luma, region, fullness, fullness);
  return region;
}

/** The longest run of rows, then of columns, of which at least these parts (of the fullest one) are filled. */
function shrink(mask: Uint8Array, { width }: Luma, region: PixelRegion, ofFullest: number, ofAll: number): PixelRegion {
  const rows = Array.from({ length: region.height }, (_, y) => {
    let sum = 0;
    for (let x = 0, at = (region.top + y) * width + region.left; x < region.width; x++) sum += mask[at + x]!;
    return sum;
  });
  const vertical = longestRun(
    rows,
    Math.max(1, ofFullest * Math.max(...rows), ofFullest === ofAll ? 0 : ofAll * region.width),
    ofFullest !== ofAll,
  );
  const columns = Array.from({ length: region.width }, (_, x) => {
    let sum = 0;
    for (let y = vertical.first; y <= vertical.last; y++) sum += mask[(region.top + y) * width + region.left + x]!;
    return sum;
  });
  const horizontal = longestRun(columns, Math.max(1, ofFullest * Math.max(...columns)), ofFullest !== ofAll);
  return {
    left: region.left + horizontal.first,
    top: region.top + vertical.first,
    width: horizontal.last - horizontal.first + 1,
    height: vertical.last - vertical.first + 1,
  };
}

/** @param outer whether the run may have gaps: from the first to the last that is full enough */
function longestRun(values: readonly number[], limit: number, outer: boolean): { first: number; last: number } {
  if (outer) {
    const first = values.findIndex((value) => value >= limit);
    const last = values.findLastIndex((value) => value >= limit);
    return first < 0 ? { first: 0, last: -1 } : { first, last };
  }
  // Gaps shorter than that belong to the run: a line of the photo may look like the background.
  const gap = Math.ceil(values.length * 0.03);
  let best = { first: 0, last: -1 };
  let start = -1;
  let lastFull = -1;
  for (let index = 0; index <= values.length; index++) {
    const isFull = index < values.length && values[index]! >= limit;
    if (isFull) {
      if (start < 0) start = index;
      lastFull = index;
    }
    if (start >= 0 && (index === values.length || index - lastFull > gap)) {
      if (lastFull - start > best.last - best.first) best = { first: start, last: lastFull };
      start = -1;
    }
  }
  return best;
}

/** Whether the region begins at once on all sides but one; sides at the edge of the whole do not count. */
function hasEdges(
  mask: Uint8Array,
  { width, height }: Luma,
  { left, top, width: columns, height: rows }: PixelRegion,
): boolean {
  const filled = (start: number, step: number, count: number): number => {
    let sum = 0;
    for (let index = 0; index < count; index++) sum += mask[start + index * step]!;
    return sum / count;
  };
  const row = (y: number): number => filled(y * width + left, 1, columns);
  const column = (x: number): number => filled(top * width + x, width, rows);
  const [right, bottom] = [left + columns - 1, top + rows - 1];
  const inner = beside - 1;
  const jumps = [
    ...(top >= beside ? [row(top + inner) - row(top - beside)] : []),
    ...(bottom + beside < height ? [row(bottom - inner) - row(bottom + beside)] : []),
    ...(left >= beside ? [column(left + inner) - column(left - beside)] : []),
    ...(right + beside < width ? [column(right - inner) - column(right + beside)] : []),
  ];
  return jumps.filter((jump) => jump >= minJump).length >= Math.max(1, jumps.length - 1);
}

function cornersAreBackground(mask: Uint8Array, { width, height }: Luma): boolean {
  const [columns, rows] = [Math.ceil(cornerSide * width), Math.ceil(cornerSide * height)];
  return [0, height - rows].every((top) =>
    [0, width - columns].every((left) => {
      let filled = 0;
      for (let y = top; y < top + rows; y++) for (let x = left; x < left + columns; x++) filled += mask[y * width + x]!;
      return filled <= (1 - inCorner) * columns * rows;
    }),
  );
}

function isSame(a: PixelRegion, b: PixelRegion, { width, height }: Luma): boolean {
  const near = (one: number, two: number, size: number): boolean => Math.abs(one - two) <= sameEdge * size;
  return (
    near(a.left, b.left, width) &&
    near(a.top, b.top, height) &&
    near(a.left + a.width, b.left + b.width, width) &&
    near(a.top + a.height, b.top + b.height, height)
  );
}
