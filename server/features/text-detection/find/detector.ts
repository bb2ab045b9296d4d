import type { Image } from '../../../image/image.js';
import type { PixelRegion } from '../../../image/pixel-region.js';
import type { Rectangle } from '../../../image/polygon.js';
import { partOf, rowResizer, type Picture } from '../../../image/resize.js';
import type { OnnxModel } from '../../../inference/onnx/onnx-session.js';
import { noCheckpoint, type Checkpoint } from '../../../threads/jobs.js';
import { boxHeight, boxWidth, type LineBox, type Point } from '../line/geometry.js';
import { connectedComponents } from './connected-components.js';
import { minAreaRect } from './min-area-rect.js';

/** Sides of the network's input are multiples of this. */
const stride = 32;
/** Probability above which a cell belongs to a line. This and the next are PaddleOCR's defaults. */
const cellThreshold = 0.3;
/**
 * Minimum mean probability of a line's cells. PaddleOCR takes the mean over the rectangle around them, which has some of the
 * ground as well: a line whose end sticks out, as that of a footnote's mark, was lost. From 0.6 to 0.7 nothing changes.
 */
const minMean = 0.6;
/** The network marks lines shrunk by a margin, which is restored as area * ratio / perimeter (DB, Liao et al. 2020). */
const unclipRatio = 1.6;
/** Minimum side of a line, in cells. */
const minSide = 3;

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
  for (const { area, mean: probability, outline } of connectedComponents(map, width, height, cellThreshold)) {
    if (area < minSide * minSide || probability < minMean) continue;
    checkpoint();
    const tight = minAreaRect(outline, () => 0);
    if (Math.min(boxWidth(tight), boxHeight(tight)) + 1 < minSide) continue;
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
  const plane = width * height;
  const planes = new Float32Array(3 * plane);
  const corners: number[][] = [[], [], []];
  const resizeRow = rowResizer(picture, innerWidth, innerHeight);
  const row = new Float32Array(3 * innerWidth);
  for (let y = 0; y < innerHeight; y++) {
    resizeRow(y, row, 1, 0);
    for (let channel = 0; channel < 3; channel++) {
      const { factor, offset } = normalization(channel);
      const first = channel * plane + (y + margin) * width + margin;
      for (let x = 0, from = channel; x < innerWidth; x++, from += 3) planes[first + x] = row[from]! * factor - offset;
      if (y === 0 || y === innerHeight - 1) corners[channel]!.push(row[channel]!, row[3 * (innerWidth - 1) + channel]!);
    }
  }
  for (const [channel, values] of corners.entries()) {
    const { factor, offset } = normalization(channel);
    // A picture that is one row high has its two corners once.
    const color = values.reduce((sum, value) => sum + value, 0) / values.length;
    fillAround(planes.subarray(channel * plane, (channel + 1) * plane), width, color * factor - offset, {
      left: margin,
      top: margin,
      right: margin + innerWidth,
      bottom: margin + innerHeight,
    });
  }
  return { width, height, planes };
}

/** What turns values of 0..255 into those of the network. */
function normalization(channel: number): { factor: number; offset: number } {
  return { factor: 1 / (255 * deviation[channel]!), offset: mean[channel]! / deviation[channel]! };
}

/** Fills a plane except for a rectangle. */
function fillAround(plane: Float32Array, width: number, value: number, inner: Rectangle): void {
  plane.fill(value, 0, inner.top * width);
  for (let y = inner.top; y < inner.bottom; y++) {
    plane.fill(value, y * width, y * width + inner.left);
    plane.fill(value, y * width + inner.right, (y + 1) * width);
  }
  plane.fill(value, inner.bottom * width);
}
