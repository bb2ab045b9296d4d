import type { Image } from '../../../image/image.js';
import type { PixelRegion } from '../../../image/pixel-region.js';
import { partOf, resizeRgb, type Picture } from '../../../image/resize.js';
import type { OnnxModel } from '../../../inference/onnx/onnx-session.js';
import { noCheckpoint, type Checkpoint } from '../../../threads/jobs.js';
import { boundsOf, boxHeight, boxWidth, type LineBox, type Point } from '../line/geometry.js';
import { connectedComponents } from './connected-components.js';
import { minAreaRect } from './min-area-rect.js';

/** Sides of the network's input are multiples of this. */
const stride = 32;
/** Probability above which a cell belongs to a line. This and the next are PaddleOCR's defaults. */
const cellThreshold = 0.3;
/** Minimum mean probability of the cells in a line's rectangle. */
const boxThreshold = 0.6;
/** The network marks lines shrunk by a margin, which is restored as area * ratio / perimeter (DB, Liao et al. 2020). */
const unclipRatio = 1.6;
/** Minimum side of a line, in cells. */
const minSide = 3;
/** Tolerance in cells for points on the edge of a box. */
const epsilon = 1e-6;

/** Mean and standard deviation of each channel, in shares of 255, with which the network was trained. */
const mean = [0.485, 0.456, 0.406] as const;
const deviation = [0.229, 0.224, 0.225] as const;

/** What the detector sees of an image. */
export interface View {
  readonly region: PixelRegion;
  /** Pixels at the network for a pixel of the image. */
  readonly scale: number;
  /** Around the scaled region, in pixels at the network. */
  readonly margin: number;
}

/** Finds lines of text with a DBNet. The boxes are rotated with the text, in pixels of the image. */
export async function detectLines(
  model: OnnxModel,
  image: Image,
  { region, scale, margin }: View,
  checkpoint: Checkpoint = noCheckpoint,
): Promise<LineBox[]> {
  const canvas = placeOnCanvas(partOf(image, region), scale, margin);
  const { width, height } = canvas;
  checkpoint();
  const { data: map } = await model.run(canvas.planes, [1, 3, height, width]);
  checkpoint();

  const toImage = ({ x, y }: Point): Point => ({
    x: (x + 0.5 - margin) / scale + region.left,
    y: (y + 0.5 - margin) / scale + region.top,
  });
  const boxes: LineBox[] = [];
  for (const { area, outline } of connectedComponents(map, width, height, cellThreshold)) {
    if (area < minSide * minSide) continue;
    checkpoint();
    const tight = minAreaRect(outline, () => 0);
    if (Math.min(boxWidth(tight), boxHeight(tight)) + 1 < minSide) continue;
    if (meanInside(map, width, height, tight) < boxThreshold) continue;
    const grown = minAreaRect(outline, (w, h) => (((w + 1) * (h + 1)) / (2 * (w + h + 2))) * unclipRatio);
    boxes.push([toImage(grown[0]), toImage(grown[1]), toImage(grown[2]), toImage(grown[3])]);
  }
  return boxes;
}

/** Input of the network. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Normalized red, green and blue, one plane each. */
  readonly planes: Float32Array;
}

/**
 * Scales the picture, keeping its proportions, and puts it on a canvas of multiples of `stride` with a margin on all sides;
 * right and bottom may have more. The rest of the canvas has the mean color of the picture's corners.
 */
function placeOnCanvas(picture: Picture, scale: number, margin: number): Canvas {
  const innerWidth = Math.max(1, Math.round(picture.width * scale));
  const innerHeight = Math.max(1, Math.round(picture.height * scale));
  const width = Math.ceil((innerWidth + 2 * margin) / stride) * stride;
  const height = Math.ceil((innerHeight + 2 * margin) / stride) * stride;
  const rgb = resizeRgb(picture, innerWidth, innerHeight);
  const planes = new Float32Array(3 * width * height);
  for (let channel = 0; channel < 3; channel++) {
    const factor = 1 / (255 * deviation[channel]!);
    const offset = mean[channel]! / deviation[channel]!;
    const plane = planes.subarray(channel * width * height, (channel + 1) * width * height);
    plane.fill(cornerMean(rgb, innerWidth, innerHeight, channel) * factor - offset);
    for (let y = 0, from = channel; y < innerHeight; y++) {
      for (let x = 0, to = (y + margin) * width + margin; x < innerWidth; x++, to++, from += 3) {
        plane[to] = rgb[from]! * factor - offset;
      }
    }
  }
  return { width, height, planes };
}

function cornerMean(rgb: Float32Array, width: number, height: number, channel: number): number {
  const corners = [0, width - 1, (height - 1) * width, height * width - 1];
  return corners.reduce((sum, pixel) => sum + rgb[3 * pixel + channel]!, 0) / corners.length;
}

/** Mean of the map over the cells whose centers lie in the box. */
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
  return box.every((from, index) => {
    const to = box[(index + 1) % 4]!;
    return (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x) >= -epsilon;
  });
}
