import type { PixelRegion } from '../../../image/pixel-region.js';
import type { Size } from '../../../image/polygon.js';
import { boundsOf, boxHeight, boxWidth, pointInBox, type LineBox } from '../line/geometry.js';
import type { View } from './detector.js';
import { textAreaOf, type InkMap } from './ink.js';
import { joinTiles, maxTilePixels, tilingOf } from './tiles.js';

// Heights and sides are in pixels of the image, or in those of the detector, which gets the image scaled.

/** Longer side at the detector in the first look, which sees the image as a whole. */
const maxFirstSide = 960;
/**
 * Height at the detector that low lines should have. If they are lower in the first look, a second one sees the image in
 * tiles at the scale at which they are as high. From 16 to 24 accuracy is the same.
 */
const clearHeight = 18;
/** Share of the lines that are low: most of a page may be larger than what is hard to read in it. */
const lowShare = 0.2;
/** An image is looked at again if that makes it so many times larger. */
const minGain = 1.1;
/** Limits of an image that is enlarged: how many times, and its pixels at the detector. */
const maxEnlargement = 1.6;
const maxEnlargedPixels = 6_000_000;
/** Side of the part of an image that shows how high its low lines are, before all of it is looked at. */
const sampleSide = 640;
/** Lines that the part may be around. */
const maxCandidates = 200;
/** Lines that are this many times as high as low ones may be cut by tiles, and are taken from the first look. */
const minTitleRatio = 3;
/**
 * An image whose shorter side is below this is a strip with a line or two. It may be longer than other images and gets a
 * margin, because DBNet misses text at the edge.
 */
const stripSide = 128;
const maxStripLength = 1920;
const stripMargin = 32;

/** What looks at an image, or asks a thread to do so. */
export interface Eyes {
  /** Several views may be detected at the same time. */
  readonly detect: (view: View) => Promise<LineBox[]>;
  readonly findInk: () => Promise<InkMap>;
}

/** Finds the lines of an image at the scale that its text needs. Boxes are in pixels of the image. */
export async function findLines(size: Size, eyes: Eyes): Promise<LineBox[]> {
  const longerSide = Math.max(size.width, size.height);
  const all = { left: 0, top: 0, width: size.width, height: size.height };
  const detectAll = (scale: number, margin = 0): Promise<LineBox[]> => eyes.detect({ region: all, scale, margin });
  if (Math.min(size.width, size.height) < stripSide) {
    return findInStrip(detectAll, Math.min(1, maxStripLength / longerSide));
  }
  const pixels = size.width * size.height;
  const scale = Math.min(1, maxFirstSide / longerSide, Math.sqrt(maxTilePixels / pixels));
  const boxes = await detectAll(scale);
  if (boxes.length > 0 && lowHeight(boxes) * scale >= clearHeight) return boxes;
  // Lines that are too low for the first look are not among its boxes, and the others look higher than they are.
  const sample = scale === 1 ? boxes : await eyes.detect({ region: sampleOf(size, boxes), scale: 1, margin: 0 });
  if (sample.length === 0) return boxes;
  const largest = Math.max(1, Math.min(maxEnlargement, Math.sqrt(maxEnlargedPixels / pixels)));
  const fineScale = Math.min(largest, clearHeight / lowHeight(sample));
  if (fineScale < minGain * scale) return boxes;
  const areColumns = sample.filter(isUpright).length > sample.length / 2;
  return withTitles(await findInTiles(size, eyes, boxes, fineScale, areColumns), boxes, fineScale);
}

/** Of 100 lines of books that fill a strip, one in twenty is missed at full scale. None was at half the scale. */
async function findInStrip(
  detectAll: (scale: number, margin: number) => Promise<LineBox[]>,
  scale: number,
): Promise<LineBox[]> {
  const boxes = await detectAll(scale, stripMargin);
  return boxes.length > 0 ? boxes : detectAll(scale / 2, stripMargin);
}

/** Finds the lines in those tiles of an image that may have text. @param firstBoxes what the first look found */
async function findInTiles(
  size: Size,
  { detect, findInk }: Eyes,
  firstBoxes: readonly LineBox[],
  scale: number,
  areColumns: boolean,
): Promise<LineBox[]> {
  const area = textAreaOf(size, await findInk(), firstBoxes);
  if (area.bounds === undefined) return [];
  const tiling = tilingOf(area.bounds, scale, areColumns);
  const found = tiling.tiles.map(async ({ region }) =>
    area.mayHaveText(region) ? detect({ region, scale, margin: 0 }) : [],
  );
  return joinTiles(tiling, await Promise.all(found));
}

/** Adds the lines of the first look that are too high for tiles, or replaces what these have of them. */
function withTitles(lines: LineBox[], firstBoxes: readonly LineBox[], scale: number): LineBox[] {
  const titles = firstBoxes.filter((box) => thickness(box) * scale > minTitleRatio * clearHeight);
  return titles.reduce((others, title) => {
    const { left, top, right, bottom } = boundsOf(title);
    const inside = others.filter((line) => {
      const { x, y } = pointInBox(line, 0.5, 0.5);
      return x > left && x < right && y > top && y < bottom;
    });
    // A picture or a paragraph, with lines in it.
    if (inside.some((line) => thickness(line) < thickness(title) / 2)) return others;
    return [...others.filter((line) => !inside.includes(line)), title];
  }, lines);
}

/** Height of the low ones among lines. */
function lowHeight(boxes: readonly LineBox[]): number {
  const heights = boxes.map(thickness).toSorted((a, b) => a - b);
  return heights[Math.floor(heights.length * lowShare)]!;
}

/** The square that has most of the low lines, or the middle of an image without lines. */
function sampleOf({ width, height }: Size, boxes: readonly LineBox[]): PixelRegion {
  const low = boxes.length === 0 ? 0 : lowHeight(boxes);
  const middles = boxes.filter((box) => thickness(box) <= low).map((box) => pointInBox(box, 0.5, 0.5));
  let middle = { x: width / 2, y: height / 2 };
  let most = 0;
  for (const candidate of middles.slice(0, maxCandidates)) {
    const near = middles.filter(
      ({ x, y }) => Math.max(Math.abs(x - candidate.x), Math.abs(y - candidate.y)) < sampleSide / 2,
    );
    if (near.length > most) [most, middle] = [near.length, candidate];
  }
  const startOf = (center: number, side: number): number =>
    Math.round(Math.max(0, Math.min(side - sampleSide, center - sampleSide / 2)));
  return {
    left: startOf(middle.x, width),
    top: startOf(middle.y, height),
    width: Math.min(width, sampleSide),
    height: Math.min(height, sampleSide),
  };
}

/** Height of a line. Its direction is not known yet, but nearly all lines are longer than high. */
function thickness(box: LineBox): number {
  return Math.min(boxHeight(box), boxWidth(box));
}

/** Whether the line runs up or down. */
function isUpright(box: LineBox): boolean {
  const { left, top, right, bottom } = boundsOf(box);
  return bottom - top > right - left;
}
