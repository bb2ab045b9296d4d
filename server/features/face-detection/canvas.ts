import { addResized, resizeRgb, type Picture } from '../../image/resize.js';

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

/** Scales the picture, up or down, so that its longer side is `side`, and pads both sides to multiples of `step`. */
export function drawCanvas(picture: Picture, side: number, step: number, [black, white]: Range): Canvas {
  const scale = side / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = { width: Math.ceil(width / step) * step, height: Math.ceil(height / step) * step, scale };
  const rgb = new Float32Array(3 * canvas.width * canvas.height);
  if (black !== 0) rgb.fill(black);
  addResized(picture, width, height, rgb, 3 * canvas.width, (white - black) / 255);
  return { ...canvas, rgb };
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
