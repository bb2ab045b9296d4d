import type { Size } from '../image/polygon.js';

/** How pages become images. */
export interface PageLimits {
  /** Resolution in dots per inch. */
  readonly dpi: number;
  /** A page with more pixels than this is scaled down. */
  readonly maxPixels: number;
  /** Pages of a file. */
  readonly maxPages: number;
}

/** A point is this part of an inch. */
const pointsPerInch = 72;
/** Limit of the sides of any image here. */
const maxSide = 65_535;

/**
 * Size of the image of a page, in pixels.
 * @param page in points, after its rotation
 * @returns undefined for a page that has less than one pixel
 */
export function renderedSize(
  { width, height }: Size,
  { dpi, maxPixels }: Omit<PageLimits, 'maxPages'>,
): Size | undefined {
  const pixelsPerPoint = dpi / pointsPerInch;
  const [columns, rows] = [width * pixelsPerPoint, height * pixelsPerPoint];
  // Neither does a page without a size, or with one that is no number.
  if (!(columns >= 1 && rows >= 1)) return undefined;
  const shrink = Math.min(1, Math.sqrt(maxPixels / (columns * rows)), maxSide / Math.max(columns, rows));
  const whole = shrink === 1 ? Math.round : Math.floor;
  const size = { width: Math.max(1, whole(columns * shrink)), height: Math.max(1, whole(rows * shrink)) };
  // Rounding up may have passed the limit, and one side may be a single pixel.
  if (size.width * size.height <= maxPixels) return size;
  return size.width > size.height
    ? { ...size, width: Math.max(1, Math.floor(maxPixels / size.height)) }
    : { ...size, height: Math.max(1, Math.floor(maxPixels / size.width)) };
}
