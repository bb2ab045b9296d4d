import type { Image } from '../../../image/image.js';
import { boxHeight, boxWidth, type LineBox } from './geometry.js';

/** A line that was cropped from an image and straightened. */
export interface LineCrop {
  readonly width: number;
  readonly height: number;
  /** 0..255, three channels interleaved. */
  readonly rgb: Float32Array;
}

/** A line in an image, which each recognizer crops at the height that it was trained with. */
export interface LineSource {
  /** The line, straightened and scaled to `height` pixels. Crops are cached by height. */
  cropAtHeight(height: number): LineCrop;
}

/** Longest line that is cropped, in heights; longer ones are squeezed. The width of a line of 48 pixels is 24,000. */
const maxAspect = 500;
/** Samples per pixel and axis. More cost time and did not change what the recognizers read. */
const maxSamples = 4;

/**
 * Crops a line from the image, straightened and scaled to `height` pixels; the width follows from the shape of the box.
 * Outside the image its border pixels are repeated. Where the line shrinks, each target pixel is the mean of a grid of
 * bilinear samples, which keeps thin strokes.
 */
export function cropLine(image: Image, box: LineBox, height: number, maxWidth: number): LineCrop {
  const width = Math.min(maxWidth, Math.max(1, Math.round((height * boxWidth(box)) / Math.max(1, boxHeight(box)))));
  const [origin, right, , bottom] = box;
  const stepX = { x: (right.x - origin.x) / width, y: (right.y - origin.y) / width };
  const stepY = { x: (bottom.x - origin.x) / height, y: (bottom.y - origin.y) / height };
  const samplesX = sampleCount(Math.hypot(stepX.x, stepX.y));
  const samplesY = sampleCount(Math.hypot(stepY.x, stepY.y));
  const weight = 1 / (samplesX * samplesY);
  const rgb = new Float32Array(3 * width * height);
  const { rgb: source, width: sourceWidth } = image;
  const [maxX, maxY] = [image.width - 1, image.height - 1];
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      for (let sampleY = 0; sampleY < samplesY; sampleY++) {
        const v = y + (sampleY + 0.5) / samplesY;
        for (let sampleX = 0; sampleX < samplesX; sampleX++) {
          const u = x + (sampleX + 0.5) / samplesX;
          // Pixel centers lie at half coordinates.
          const px = Math.min(maxX, Math.max(0, origin.x + u * stepX.x + v * stepY.x - 0.5));
          const py = Math.min(maxY, Math.max(0, origin.y + u * stepX.y + v * stepY.y - 0.5));
          const x0 = Math.floor(px);
          const y0 = Math.floor(py);
          const fx = px - x0;
          const fy = py - y0;
          const a = 3 * (y0 * sourceWidth + x0);
          const b = x0 < maxX ? a + 3 : a;
          const down = y0 < maxY ? 3 * sourceWidth : 0;
          const wa = (1 - fx) * (1 - fy) * weight;
          const wb = fx * (1 - fy) * weight;
          const wc = (1 - fx) * fy * weight;
          const wd = fx * fy * weight;
          for (let channel = 0; channel < 3; channel++) {
            rgb[to + channel]! +=
              wa * source[a + channel]! +
              wb * source[b + channel]! +
              wc * source[a + down + channel]! +
              wd * source[b + down + channel]!;
          }
        }
      }
    }
  }
  return { width, height, rgb };
}

/** The line in a box of an image. @param limit of width over height; longer lines are squeezed */
export function createLineSource(image: Image, box: LineBox, limit = maxAspect): LineSource {
  const crops = new Map<number, LineCrop>();
  return {
    cropAtHeight(height) {
      const crop = crops.get(height) ?? cropLine(image, box, height, height * limit);
      crops.set(height, crop);
      return crop;
    },
  };
}

function sampleCount(scale: number): number {
  return Math.min(maxSamples, Math.max(1, Math.round(scale)));
}

/** The crop as input of PaddleOCR's networks: planes of -1..1, padded on the right with zeros (mid gray) to `width`. */
export function paddedPlanes(crop: LineCrop, width: number): Float32Array {
  const plane = width * crop.height;
  const out = new Float32Array(3 * plane);
  for (let y = 0, from = 0; y < crop.height; y++) {
    for (let x = 0, to = y * width; x < crop.width; x++, to++, from += 3) {
      out[to] = crop.rgb[from]! / 127.5 - 1;
      out[to + plane] = crop.rgb[from + 1]! / 127.5 - 1;
      out[to + 2 * plane] = crop.rgb[from + 2]! / 127.5 - 1;
    }
  }
  return out;
}
