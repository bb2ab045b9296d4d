export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The default limits of the server for one file. */
export const maxPixels = 20_000_000;
export const maxBytes = 10_485_760;

/** The largest size of the same shape with at most so many pixels, in whole pixels. */
export function fitWithin({ width, height }: Size, pixels: number): Size {
  const scale = Math.min(1, Math.sqrt(pixels / (width * height)));
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}
