import type { Image } from '../../image/image.js';
import { resizeRgb } from '../../image/resize.js';
import type { OnnxModel } from '../../inference/onnx-session.js';
import { connectedComponents } from './connected-components.js';
import { boundsOf, boxHeight, boxWidth, type LineBox, type Point } from './geometry.js';
import { minAreaRect } from './min-area-rect.js';

/** Longer side, in pixels, that the detector sees. PP-OCRv4 was measured at 640, 960, 1280 and 1600: 960 is the knee. */
const maxSide = 960;
/** Sides of the network's input are multiples of this. */
const stride = 32;
/** A cell belongs to a line over this probability. */
const cellThreshold = 0.3;
/** A line is kept over this mean probability of its rectangle. */
const boxThreshold = 0.6;
/** The network marks a shrunken line. The margin that gives it back is area * ratio / perimeter (DB, Liao et al. 2020). */
const unclipRatio = 1.6;
/** Cells. Smaller regions are specks. */
const minSide = 3;

/** Per channel, over 255: the statistics that the network was trained with. */
const mean = [0.485, 0.456, 0.406] as const;
const deviation = [0.229, 0.224, 0.225] as const;

/** Finds lines of text with a DBNet. The boxes are rotated with the text and lie in pixels of the image. */
export async function findLines(model: OnnxModel, image: Image): Promise<LineBox[]> {
  const scale = Math.min(1, maxSide / Math.max(image.width, image.height));
  const width = roundToStride(image.width * scale);
  const height = roundToStride(image.height * scale);
  const { data: map } = await model.run(planarInput(resizeRgb(image, width, height)), [1, 3, height, width]);

  const boxes: LineBox[] = [];
  for (const { area, outline } of connectedComponents(map, width, height, cellThreshold)) {
    if (area < minSide * minSide) continue;
    const tight = minAreaRect(outline, () => 0);
    if (Math.min(boxWidth(tight), boxHeight(tight)) + 1 < minSide) continue;
    if (meanInside(map, width, height, tight) < boxThreshold) continue;
    const grown = minAreaRect(outline, (w, h) => (((w + 1) * (h + 1)) / (2 * (w + h + 2))) * unclipRatio);
    boxes.push(toImage(grown, image.width / width, image.height / height));
  }
  return boxes;
}

function roundToStride(side: number): number {
  return Math.max(stride, Math.round(side / stride) * stride);
}

function planarInput(rgb: Float32Array): Float32Array {
  const plane = rgb.length / 3;
  const out = new Float32Array(rgb.length);
  for (let channel = 0; channel < 3; channel++) {
    const factor = 1 / (255 * deviation[channel]!);
    const offset = mean[channel]! / deviation[channel]!;
    for (let from = channel, to = channel * plane; from < rgb.length; from += 3) out[to++] = rgb[from]! * factor - offset;
  }
  return out;
}

/** Mean of the map over the cells whose centres lie in the box. */
function meanInside(map: Float32Array, width: number, height: number, box: LineBox): number {
  const { left, top, right, bottom } = boundsOf(box);
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, Math.floor(top)); y <= Math.min(height - 1, Math.ceil(bottom)); y++) {
    for (let x = Math.max(0, Math.floor(left)); x <= Math.min(width - 1, Math.ceil(right)); x++) {
      if (!contains(box, x, y)) continue;
      sum += map[y * width + x]!;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

function contains(box: LineBox, x: number, y: number): boolean {
  const slack = 1e-6;
  return box.every((from, index) => {
    const to = box[(index + 1) % 4]!;
    return (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x) >= -slack;
  });
}

function toImage(box: LineBox, scaleX: number, scaleY: number): LineBox {
  const map = ({ x, y }: Point): Point => ({ x: (x + 0.5) * scaleX, y: (y + 0.5) * scaleY });
  return [map(box[0]), map(box[1]), map(box[2]), map(box[3])];
}
