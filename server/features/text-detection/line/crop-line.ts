import type { Image } from '../../../image/image.js';
import { boxHeight, boxWidth, type LineBox } from './geometry.js';

/** A line cut out of the image and laid flat. */
export interface LineCrop {
  readonly width: number;
  readonly height: number;
  /** 0..255, three channels interleaved. */
  readonly rgb: Float32Array;
}

/** Cuts a line out at a height in pixels, once however often it is asked for. */
export type Line = (height: number) => LineCrop;

/** Longest line that the recognizers are given, in heights. */
const longestLine = 67;
/** More samples a pixel cost time and show nothing that the recognizers use. */
const maxSamples = 4;

/**
 * Cuts a line out of the image, turned flat and scaled to `height` pixels; the width follows the shape of the box.
 * Outside the image its border is repeated. When it shrinks, every target pixel is the mean of a grid of bilinear
 * samples, so that thin strokes stay.
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

/** The line in a box of an image. @param longest that it is laid flat, in heights; what is longer is squeezed */
export function lineIn(image: Image, box: LineBox, longest = longestLine): Line {
  const crops = new Map<number, LineCrop>();
  return (height) => {
    const crop = crops.get(height) ?? cropLine(image, box, height, height * longest);
    crops.set(height, crop);
    return crop;
  };
}

function sampleCount(scale: number): number {
  return Math.min(maxSamples, Math.max(1, Math.round(scale)));
}

/**
 * The crop as the network input of PaddleOCR: planes of -1..1, the width padded with zeros (mid gray) on the right up
 * to `width`.
 */
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
