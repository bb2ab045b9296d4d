import type { PixelRegion } from '../../../image/pixel-region.js';
import type { Rectangle, Size } from '../../../image/polygon.js';
import { median } from '../layout/placed.js';
import { boundsOf, boxHeight, boxWidth, pointInBox, type LineBox } from '../line/geometry.js';
import type { View } from './detector.js';

// Heights and sides are in pixels of the image, or in those of the detector, which gets the image scaled. The thresholds
// for small print were chosen on 14 forms of FUNSD and 35 receipts of SROIE that are not scored, bands and strips by hand.

/** Longer side at the detector. PP-OCRv4 was measured at 640, 960, 1280 and 1600: accuracy rises little above 960. */
const maxSide = 960;
/** If the median line is lower than `smallLine`, the image is enlarged in a second pass, to lines of `enlargedLine`. */
const [smallLine, enlargedLine] = [20, 24];
/** Limit of the enlarged image, at the detector. */
const maxEnlargedSide = 1600;
/**
 * An image is large if its longer side is this many times `maxSide`. If the median line is lower than `unclearLine` at the
 * detector, or no line is found, a second pass at full scale sees a square in its middle, and a third one all of it in
 * bands, scaled to lines of `clearLine`.
 */
const minLargeScale = 2;
const [unclearLine, clearLine] = [12, 16];
const sampleSide = 640;
/** Height of a band at the detector, and the share of it that overlaps the next band. */
const bandSide = 960;
const bandOverlap = 0.15;
/** Share of half an overlap in which boxes are left to the other band, which sees all of them. */
const coreMargin = 0.9;
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
  const enlargedScale = Math.min(maxEnlargedSide / longerSide, enlargedLine / height);
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
  const bands = bandsOf(size, clearScale, areColumns);
  const found = await Promise.all(bands.map(({ region }) => detect({ region, scale: clearScale, margin: 0 })));
  const lines: LineBox[] = [];
  let before: readonly Seen[] = [];
  for (const [index, { isInCore }] of bands.entries()) {
    // Only the band before shares pixels with this one.
    const kept = found[index]!.filter((box) => isInCore(box) && !before.some((line) => covers(line, box)));
    before = kept.map(seen);
    lines.push(...kept);
  }
  return lines;
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

interface Band {
  readonly region: PixelRegion;
  /** Whether the middle of a box is far enough from the next bands for this band to see all of it. */
  readonly isInCore: (box: LineBox) => boolean;
}

/** Overlapping bands across the image, along its lines. */
function bandsOf({ width, height }: Size, scale: number, areColumns: boolean): Band[] {
  const size = areColumns ? width : height;
  const side = Math.min(size, Math.round(bandSide / scale));
  const count = Math.ceil((size - side) / (side * (1 - bandOverlap))) + 1;
  const step = count === 1 ? 0 : (size - side) / (count - 1);
  const margin = ((side - step) / 2) * coreMargin;
  return Array.from({ length: count }, (_, index) => {
    const start = Math.round(index * step);
    const coreStart = index === 0 ? -Infinity : start + margin;
    const coreEnd = index === count - 1 ? Infinity : start + side - margin;
    return {
      region: areColumns ? { left: start, top: 0, width: side, height } : { left: 0, top: start, width, height: side },
      isInCore: (box) => {
        const { x, y } = pointInBox(box, 0.5, 0.5);
        const middle = areColumns ? x : y;
        return middle >= coreStart && middle <= coreEnd;
      },
    };
  });
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

/** A line of the band before, as far as later boxes are compared with it. */
interface Seen extends Rectangle {
  readonly width: number;
  readonly height: number;
}

function seen(line: LineBox): Seen {
  return { ...boundsOf(line), width: boxWidth(line), height: boxHeight(line) };
}

/** Whether a box is another view of a line, from a band that overlaps. */
function covers({ left, top, right, bottom, width, height }: Seen, box: LineBox): boolean {
  const { x, y } = pointInBox(box, 0.5, 0.5);
  return x > left && x < right && y > top && y < bottom && boxHeight(box) < 2 * height && boxWidth(box) < 2 * width;
}
