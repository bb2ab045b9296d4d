import type { Rectangle } from '../../../image/polygon.js';

/** A line of text with its place on a page that has been turned upright. */
export interface Placed {
  readonly bounds: Rectangle;
  readonly text: string;
}

export function heightOf({ bounds }: Placed): number {
  return bounds.bottom - bounds.top;
}

export function widthOf({ bounds }: Placed): number {
  return bounds.right - bounds.left;
}

/** The middle one of the values in order, the upper of two; 0 where there are none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
