import type { PixelRegion } from '../../../image/pixel-region.js';
import type { Luma } from './luma.js';

// All constants were set by hand. `npm run bench:copies` measures what they achieve together, as the recall of padded
// copies and of screenshots and collages.

/** Levels of brightness, out of 255, by which a pixel of the background may differ from it. */
const backgroundTolerance = 12;
/** A brightness that covers a smaller share of the picture is not a background. */
const minBackgroundShare = 0.08;
/** The outermost rows and columns that are not border have this share of the content of the fullest one. */
const minContentOfFullest = 0.02;
/** The rows also have content in this share of the width. */
const minContentOfWidth = 0.01;
/** A row or column belongs to the filled rectangle if it has this share of the content of the fullest one. */
const minFilledOfFullest = 0.55;
/**
 * Shorter runs of rows or columns with less, as a share of all, do not end the rectangle: content may look like
 * background.
 */
const maxGapShare = 0.03;
/** Passes over rows and columns by turns: each narrows what the other counts in. */
const rectanglePasses = 3;
/** Sides of a region are at least this share of those of the picture. */
const minSideShare = 0.15;
/** Regions whose edges all lie within this share of the sides of the picture are the same. */
const sameEdgeShare = 0.01;
/**
 * Distance from an edge, in pixels, at which its two sides are compared, and the difference in their content, as a
 * share, that makes it a sharp edge. A picture that was pasted in has sharp edges, a thing on a plain background fades
 * out.
 */
const edgeDistance = 3;
const minEdgeContrast = 0.4;
/** A picture was rotated if squares of this share of its sides in all corners are background, to the given share. */
const cornerSideShare = 0.04;
const minCornerBackground = 0.8;

/** Which pixels are content: 1, and 0 for background. */
interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Rows or columns of a region, the last one included. An empty run ends before it begins. */
interface Run {
  readonly first: number;
  readonly last: number;
}

/**
 * Finds the regions that may be the picture that someone pasted into this one: all within a plain border, and the
 * largest filled rectangle on a plain background, such as a photo in a screenshot. The whole picture is not among them.
 */
export function contentRegions(luma: Luma): PixelRegion[] {
  const background = backgroundOf(luma);
  if (background === undefined) return [];
  const mask = contentMask(luma, background);
  const whole = { left: 0, top: 0, width: luma.width, height: luma.height };
  const isRotated = cornersAreBackground(mask);
  const regions: PixelRegion[] = [];
  for (const region of [withoutBorder(mask, whole), filledRectangle(mask, whole)]) {
    const isLarge = region.width >= minSideShare * luma.width && region.height >= minSideShare * luma.height;
    if (!isLarge || !(isRotated || hasSharpEdges(mask, region))) continue;
    if (![whole, ...regions].some((other) => isSame(other, region, luma))) regions.push(region);
  }
  return regions;
}

/** The most frequent brightness, or undefined where none is frequent enough. */
function backgroundOf({ data }: Luma): number | undefined {
  const counts = new Int32Array(256);
  for (const value of data) counts[(value + 0.5) & 255]!++;
  let [background, maxCount] = [0, 0];
  for (let level = 0; level < 256; level++) {
    let count = 0;
    for (let near = Math.max(0, level - 3); near <= Math.min(255, level + 3); near++) count += counts[near]!;
    if (count > maxCount) [background, maxCount] = [level, count];
  }
  return maxCount >= minBackgroundShare * data.length ? background : undefined;
}

function contentMask({ width, height, data }: Luma, background: number): Mask {
  const mask = new Uint8Array(data.length);
  for (let at = 0; at < mask.length; at++) mask[at] = Math.abs(data[at]! - background) > backgroundTolerance ? 1 : 0;
  return { width, height, data: mask };
}

/** The region without the border of background around it. What is background inside stays. */
function withoutBorder(mask: Mask, region: PixelRegion): PixelRegion {
  const rows = contentOfRows(mask, region);
  const minContent = Math.max(1, minContentOfFullest * Math.max(...rows), minContentOfWidth * region.width);
  const between = rowsOf(region, outermost(rows, minContent));
  const columns = contentOfColumns(mask, between);
  return columnsOf(between, outermost(columns, Math.max(1, minContentOfFullest * Math.max(...columns))));
}

/** The largest rectangle within the region that is filled with content. */
function filledRectangle(mask: Mask, region: PixelRegion): PixelRegion {
  let rectangle = region;
  for (let pass = 0; pass < rectanglePasses; pass++) {
    const rows = contentOfRows(mask, rectangle);
    rectangle = rowsOf(rectangle, longestRun(rows, Math.max(1, minFilledOfFullest * Math.max(...rows))));
    const columns = contentOfColumns(mask, rectangle);
    rectangle = columnsOf(rectangle, longestRun(columns, Math.max(1, minFilledOfFullest * Math.max(...columns))));
  }
  return rectangle;
}

/** Number of content pixels in every row of a region. */
function contentOfRows({ data, width }: Mask, region: PixelRegion): number[] {
  return Array.from({ length: region.height }, (_, y) => {
    let sum = 0;
    for (let x = 0, at = (region.top + y) * width + region.left; x < region.width; x++) sum += data[at + x]!;
    return sum;
  });
}

/** Number of content pixels in every column of a region. */
function contentOfColumns({ data, width }: Mask, region: PixelRegion): number[] {
  return Array.from({ length: region.width }, (_, x) => {
    let sum = 0;
    for (let y = 0; y < region.height; y++) sum += data[(region.top + y) * width + region.left + x]!;
    return sum;
  });
}

function rowsOf(region: PixelRegion, { first, last }: Run): PixelRegion {
  return { ...region, top: region.top + first, height: last - first + 1 };
}

function columnsOf(region: PixelRegion, { first, last }: Run): PixelRegion {
  return { ...region, left: region.left + first, width: last - first + 1 };
}

/** From the first value that reaches the minimum to the last one, whatever is between. */
function outermost(values: readonly number[], min: number): Run {
  const first = values.findIndex((value) => value >= min);
  const last = values.findLastIndex((value) => value >= min);
  return first < 0 ? { first: 0, last: -1 } : { first, last };
}

/** The longest run of values that reach the minimum, short gaps aside. */
function longestRun(values: readonly number[], min: number): Run {
  const maxGap = Math.ceil(values.length * maxGapShare);
  let longest = { first: 0, last: -1 };
  let run: Run | undefined;
  for (const [index, value] of values.entries()) {
    if (value < min) continue;
    run =
      run !== undefined && index - run.last - 1 <= maxGap
        ? { first: run.first, last: index }
        : { first: index, last: index };
    if (run.last - run.first > longest.last - longest.first) longest = run;
  }
  return longest;
}

/** Whether all edges of a region but one are sharp. Edges at the edge of the picture do not count. */
function hasSharpEdges(mask: Mask, { left, top, width: columns, height: rows }: PixelRegion): boolean {
  const { width, height, data } = mask;
  const contentShare = (start: number, step: number, count: number): number => {
    let sum = 0;
    for (let index = 0; index < count; index++) sum += data[start + index * step]!;
    return sum / count;
  };
  const row = (y: number): number => contentShare(y * width + left, 1, columns);
  const column = (x: number): number => contentShare(top * width + x, width, rows);
  const [right, bottom] = [left + columns - 1, top + rows - 1];
  const inside = edgeDistance - 1;
  const contrasts = [
    ...(top >= edgeDistance ? [row(top + inside) - row(top - edgeDistance)] : []),
    ...(bottom + edgeDistance < height ? [row(bottom - inside) - row(bottom + edgeDistance)] : []),
    ...(left >= edgeDistance ? [column(left + inside) - column(left - edgeDistance)] : []),
    ...(right + edgeDistance < width ? [column(right - inside) - column(right + edgeDistance)] : []),
  ];
  const sharp = contrasts.filter((contrast) => contrast >= minEdgeContrast);
  return sharp.length >= Math.max(1, contrasts.length - 1);
}

function cornersAreBackground({ width, height, data }: Mask): boolean {
  const [columns, rows] = [Math.ceil(cornerSideShare * width), Math.ceil(cornerSideShare * height)];
  return [0, height - rows].every((top) =>
    [0, width - columns].every((left) => {
      let content = 0;
      for (let y = top; y < top + rows; y++) {
        for (let x = left; x < left + columns; x++) content += data[y * width + x]!;
      }
      return content <= (1 - minCornerBackground) * columns * rows;
    }),
  );
}

function isSame(a: PixelRegion, b: PixelRegion, { width, height }: Luma): boolean {
  const near = (edgeA: number, edgeB: number, side: number): boolean => Math.abs(edgeA - edgeB) <= sameEdgeShare * side;
  return (
    near(a.left, b.left, width) &&
    near(a.top, b.top, height) &&
    near(a.left + a.width, b.left + b.width, width) &&
    near(a.top + a.height, b.top + b.height, height)
  );
}
