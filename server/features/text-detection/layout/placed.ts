import type { Rectangle } from '../../../image/polygon.js';

/** A line of text on a page whose text runs level. */
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

/** The median of the values, the upper one of two; 0 for no values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
