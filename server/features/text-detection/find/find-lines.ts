import type { PixelRegion } from '../../../image/pixel-region.js';
import type { Size } from '../../../image/polygon.js';
import { median } from '../layout/placed.js';
import { boundsOf, boxHeight, boxWidth, type LineBox } from '../line/geometry.js';
import type { View } from './detector.js';
import { joinTiles, tilingOf } from './tiles.js';

// Heights and sides are in pixels of the image, or in those of the detector, which gets the image scaled. The thresholds
// for small print were chosen on 14 forms of FUNSD and 35 receipts of SROIE that are not scored, tiles and strips by hand.

/** Longer side at the detector. PP-OCRv4 was measured at 640, 960, 1280 and 1600: accuracy rises little above 960. */
const maxSide = 960;
/** If the median line is lower than `smallLine`, the image is enlarged in a second pass, to lines of `enlargedLine`. */
const [smallLine, enlargedLine] = [20, 24];
/** Limits of the enlarged image, at the detector: of its longer side, and of its pixels, which take 300 MB. */
const maxEnlargedSide = 1600;
const maxEnlargedPixels = 2_000_000;
/**
 * An image is large if its longer side is this many times `maxSide`. If the median line is lower than `unclearLine` at the
 * detector, or no line is found, a second pass at full scale sees a square in its middle, and a third one all of it in
 * tiles, scaled to lines of `clearLine`.
 */
const minLargeScale = 2;
const [unclearLine, clearLine] = [12, 16];
const sampleSide = 640;
/**
 * An image whose shorter side is below this is a strip with a line or two. It may be longer than other images and gets a
 * margin, because DBNet misses text at the edge.
 */
const stripSide = 128;
const maxStripLength = 1920;
const stripMargin = 32;

/** Runs the detector, or asks a thread to do so. Several views may be detected at the same time. */
export type DetectInView = (view: View) => Promise<LineBox[]>;

/** Finds the lines of an image at the scale that its text needs. Boxes are in pixels of the image. */
export async function findLines(size: Size, detect: DetectInView): Promise<LineBox[]> {
  const longerSide = Math.max(size.width, size.height);
  const all = { left: 0, top: 0, width: size.width, height: size.height };
  const detectAll = (scale: number, margin = 0): Promise<LineBox[]> => detect({ region: all, scale, margin });
  if (Math.min(size.width, size.height) < stripSide) {
    return findInStrip(detectAll, Math.min(1, maxStripLength / longerSide));
  }
  const scale = Math.min(1, maxSide / longerSide);
  const boxes = await detectAll(scale);
  const height = median(boxes.map(thickness));
  if (longerSide > minLargeScale * maxSide && (boxes.length === 0 || height * scale < unclearLine)) {
    return findInLargeImage(size, detect, boxes, scale);
  }
  if (boxes.length === 0 || height >= smallLine) return boxes;
  const enlargedScale = Math.min(
    maxEnlargedSide / longerSide,
    Math.sqrt(maxEnlargedPixels / (size.width * size.height)),
    enlargedLine / height,
  );
  return enlargedScale > scale ? detectAll(enlargedScale) : boxes;
}

/** Of 100 lines of books that fill a strip, one in twenty is missed at full scale. None was at half the scale. */
async function findInStrip(
  detectAll: (scale: number, margin: number) => Promise<LineBox[]>,
  scale: number,
): Promise<LineBox[]> {
  const boxes = await detectAll(scale, stripMargin);
  return boxes.length > 0 ? boxes : detectAll(scale / 2, stripMargin);
}

/** Finds print that is too small at a scale. @param firstBoxes those of the first pass, at that scale */
async function findInLargeImage(
  size: Size,
  detect: DetectInView,
  firstBoxes: LineBox[],
  scale: number,
): Promise<LineBox[]> {
  const sample = await detect({ region: sampleOf(size, firstBoxes), scale: 1, margin: 0 });
  const clearScale = Math.min(1, clearLine / median(sample.map(thickness)));
  if (sample.length === 0 || clearScale <= scale) return firstBoxes;
  const areColumns = sample.filter(isUpright).length > sample.length / 2;
  const tiling = tilingOf(size, clearScale, areColumns);
  const found = tiling.tiles.map(({ region }) => detect({ region, scale: clearScale, margin: 0 }));
  return joinTiles(tiling, await Promise.all(found));
}

/** A square around the middle of the boxes, or of the image if there are none. */
function sampleOf({ width, height }: Size, boxes: readonly LineBox[]): PixelRegion {
  const { left, top, right, bottom } =
    boxes.length === 0 ? { left: 0, top: 0, right: width, bottom: height } : boundsOf(boxes.flat());
  const startOf = (middle: number, size: number): number =>
    Math.round(Math.max(0, Math.min(size - sampleSide, middle - sampleSide / 2)));
  return {
    left: startOf((left + right) / 2, width),
    top: startOf((top + bottom) / 2, height),
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
