import { resizeInto, resizeRgb, type Picture } from '../../image/resize.js';

/** The input of a network, with a scaled picture at the top left. */
export interface Canvas {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pixels of the canvas per pixel of the picture. */
  readonly scale: number;
  /** Red, green and blue of every pixel, in the range of the network; black beside the picture. */
  readonly rgb: Float32Array;
}

/** The values of black and white in the input of a network. */
export type Range = readonly [black: number, white: number];

/**
 * Scales pictures, up or down, to a longer side of `side`, and pads both sides to multiples of `step`. The pixels of a
 * canvas are valid until the next one is drawn: allocating megabytes for every picture would keep the garbage collector
 * busy.
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
 * Downscales a picture to a longer side of at most `side`, for detectors that run on several sizes below that: reading
 * all pixels of a photo takes longer than running a network.
 */
export function shrink(picture: Picture, side: number): { picture: Picture; scale: number } {
  const scale = side / Math.max(picture.width, picture.height);
  if (scale >= 1) return { picture, scale: 1 };
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  return { picture: { width, height, rgb: resizeRgb(picture, width, height) }, scale };
}
