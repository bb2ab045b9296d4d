import type { Image } from '../../image/image.js';
import { resizeRgb } from '../../image/resize.js';

/** An image scaled and laid on the top left of a canvas that a network takes. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas for one of the image. */
  readonly scale: number;
  /** Red, green and blue of every pixel, 0..255; black where there is no image. */
  readonly rgb: Float32Array;
}

/** Scales the image, up or down, so that its longer side is `side`, and pads both sides to multiples of `step`. */
export function drawCanvas(image: Image, side: number, step: number): Canvas {
  const scale = side / Math.max(image.width, image.height);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const scaled = resizeRgb(image, width, height);
  const canvas = { width: Math.ceil(width / step) * step, height: Math.ceil(height / step) * step, scale };
  if (canvas.width === width && canvas.height === height) return { ...canvas, rgb: scaled };
  const rgb = new Float32Array(3 * canvas.width * canvas.height);
  for (let y = 0; y < height; y++) {
    rgb.set(scaled.subarray(3 * width * y, 3 * width * (y + 1)), 3 * canvas.width * y);
  }
  return { ...canvas, rgb };
}
