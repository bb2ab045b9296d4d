import type { Image } from '../../../image/image.js';
import { cropImage } from '../../../image/resize.js';
import type { OnnxModel } from '../../../inference/onnx/onnx-session.js';
import { median } from '../layout/placed.js';
import { boundsOf, boxHeight, boxWidth, pointInBox, type LineBox } from '../line/geometry.js';
import { detectLines } from './detector.js';

/** Longer side, in pixels, that the detector sees. PP-OCRv4 was measured at 640, 960, 1280 and 1600: 960 is the knee. */
const maxSide = 960;
/** Where half of the lines are lower than this, in pixels of the image, it is enlarged once, so that they become so high. */
const [smallLine, enlargedLine] = [20, 24];
const maxEnlargedSide = 1600;
/**
 * Pages whose longer side is that many times what the detector sees are large. Where lines are lower than this for it, or
 * there are none, a square from their middle is looked at as it is, and then all at a scale at which they are clear.
 */
const largePage = 2;
const [unclearLine, clearLine] = [12, 16];
const sampleSide = 640;
/** Large pages with small print are looked at in bands of so many pixels for the detector, which overlap by that part. */
const bandSide = 960;
const bandOverlap = 0.15;
/** A shorter side below this is a strip with a line or two, which may be longer and gets a margin: DBNet misses text at the edge. */
const stripSide = 128;
const maxStripLength = 1920;
const stripMargin = 32;

type Part = Parameters<typeof cropImage>[1];

/** Finds the lines of an image, at the scale that its text needs. */
export async function findLines(model: OnnxModel, image: Image): Promise<LineBox[]> {
  const longer = Math.max(image.width, image.height);
  if (Math.min(image.width, image.height) < stripSide) {
    return findInStrip(model, image, Math.min(1, maxStripLength / longer));
  }
  const scale = Math.min(1, maxSide / longer);
  const boxes = await detectLines(model, image, scale);
  const height = median(boxes.map(thickness));
  if (longer > largePage * maxSide && (boxes.length === 0 || height * scale < unclearLine)) {
    return findInLargePage(model, image, boxes, scale);
  }
  if (boxes.length === 0 || height >= smallLine) return boxes;
  const larger = Math.min(maxEnlargedSide / longer, enlargedLine / height);
  return larger > scale ? detectLines(model, image, larger) : boxes;
}

/** A line that fills the strip is missed by one of twenty looks, and was found by all at half the scale. */
async function findInStrip(model: OnnxModel, image: Image, scale: number): Promise<LineBox[]> {
  const boxes = await detectLines(model, image, scale, stripMargin);
  return boxes.length > 0 ? boxes : detectLines(model, image, scale / 2, stripMargin);
}

/** Looks for print that was too small at first sight. @param seen what was found then, at a scale */
async function findInLargePage(model: OnnxModel, image: Image, seen: LineBox[], scale: number): Promise<LineBox[]> {
  const sample = await detectInPart(model, image, sampleOf(image, seen), 1);
  const closer = Math.min(1, clearLine / median(sample.map(thickness)));
  if (sample.length === 0 || closer <= scale) return seen;
  const found: LineBox[] = [];
  for (const { part, isCore } of bandsOf(image, closer, sample.filter(isUpright).length > sample.length / 2)) {
    const boxes = await detectInPart(model, image, part, closer);
    found.push(...boxes.filter(isCore).filter((box) => !found.some((other) => covers(other, box))));
  }
  return found;
}

async function detectInPart(model: OnnxModel, image: Image, part: Part, scale: number): Promise<LineBox[]> {
  const boxes = await detectLines(model, cropImage(image, part), scale);
  return boxes.map(([a, b, c, d]): LineBox => {
    const shifted = ({ x, y }: LineBox[0]): LineBox[0] => ({ x: x + part.left, y: y + part.top });
    return [shifted(a), shifted(b), shifted(c), shifted(d)];
  });
}

/** A square around the middle of what was seen, or of the image. */
function sampleOf({ width, height }: Image, seen: readonly LineBox[]): Part {
  const { left, top, right, bottom } =
    seen.length === 0 ? { left: 0, top: 0, right: width, bottom: height } : boundsOf(seen.flat());
  const start = (middle: number, size: number): number =>
    Math.round(Math.max(0, Math.min(size - sampleSide, middle - sampleSide / 2)));
  return {
    left: start((left + right) / 2, width),
    top: start((top + bottom) / 2, height),
    width: Math.min(width, sampleSide),
    height: Math.min(height, sampleSide),
  };
}

/** Bands across the image, along its lines; the boxes whose middle lies in the core of a band are those it sees whole. */
function bandsOf(
  { width, height }: Image,
  scale: number,
  areColumns: boolean,
): Array<{ part: Part; isCore: (box: LineBox) => boolean }> {
  const size = areColumns ? width : height;
  const side = Math.min(size, Math.round(bandSide / scale));
  const count = Math.ceil((size - side) / (side * (1 - bandOverlap))) + 1;
  const step = count === 1 ? 0 : (size - side) / (count - 1);
  return Array.from({ length: count }, (_, band) => {
    const start = Math.round(band * step);
    const margin = ((side - step) / 2) * 0.9;
    const [from, to] = [band === 0 ? -Infinity : start + margin, band === count - 1 ? Infinity : start + side - margin];
    return {
      part: areColumns ? { left: start, top: 0, width: side, height } : { left: 0, top: start, width, height: side },
      isCore: (box) => {
        const { x, y } = pointInBox(box, 0.5, 0.5);
        const middle = areColumns ? x : y;
        return middle >= from && middle <= to;
      },
    };
  });
}

/** Height of a line. Which way it runs is not known yet: it is longer than high, with few exceptions. */
function thickness(box: LineBox): number {
  return Math.min(boxHeight(box), boxWidth(box));
}

/** Whether the line stands on end. */
function isUpright(box: LineBox): boolean {
  const { left, top, right, bottom } = boundsOf(box);
  return bottom - top > right - left;
}

function covers(box: LineBox, other: LineBox): boolean {
  const { left, top, right, bottom } = boundsOf(box);
  const { x, y } = pointInBox(other, 0.5, 0.5);
  return (
    x > left &&
    x < right &&
    y > top &&
    y < bottom &&
    boxHeight(other) < 2 * boxHeight(box) &&
    boxWidth(other) < 2 * boxWidth(box)
  );
}
