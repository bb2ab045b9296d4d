import { resizeInto, resizeRgb, type Picture } from '../../image/resize.js';

/** A picture scaled and laid on the top left of a canvas that a network takes. */
export interface Canvas {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels of the canvas for one of the picture. */
  readonly scale: number;
  /** Red, green and blue of every pixel, in the range that was asked for; black where there is no picture. */
  readonly rgb: Float32Array;
}

/** What a network takes: the numbers for black and white. */
export type Range = readonly [black: number, white: number];

/**
 * Scales pictures, up or down, so that their longer side is `side`, and pads both sides to multiples of `step`. The pixels
 * of a canvas are good until the next is drawn: megabytes that are made anew for every picture keep the collector busy.
 */
export function createCanvasDrawer(side: number, step: number, [black, white]: Range): (picture: Picture) => Canvas {
  let pixels = new Float32Array(0);
  return (picture) => {
    const scale = side / Math.max(picture.width, picture.height);
    const width = Math.max(1, Math.round(picture.width * scale));
    const height = Math.max(1, Math.round(picture.height * scale));
    const canvas = { width: Math.ceil(width / step) * step, height: Math.ceil(height / step) * step, scale };
    const stride = 3 * canvas.width;
    if (pixels.length < stride * canvas.height) pixels = new Float32Array(stride * canvas.height);
    const rgb = pixels.subarray(0, stride * canvas.height);
    resizeInto(picture, width, height, rgb, stride, (white - black) / 255, black);
    if (width < canvas.width) {
      for (let y = 0; y < height; y++) rgb.fill(black, y * stride + 3 * width, (y + 1) * stride);
    }
    rgb.fill(black, height * stride);
    return { ...canvas, rgb };
  };
}

/**
 * The picture so small that its longer side is `side` at most, for detectors that look at it in several sizes below that:
 * reading all pixels of a photo takes longer than a network does.
 */
export function shrink(picture: Picture, side: number): { picture: Picture; scale: number } {
  const scale = side / Math.max(picture.width, picture.height);
  if (scale >= 1) return { picture, scale: 1 };
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  return { picture: { width, height, rgb: resizeRgb(picture, width, height) }, scale };
}
