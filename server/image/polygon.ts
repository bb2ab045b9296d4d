import type { Polygon } from '../../gen/yandex/cloud/ai/vision/v1/primitives.js';

/** An axis-aligned rectangle. `right` and `bottom` are exclusive. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Size in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The rectangle extended to whole pixels and clipped to the image. */
export function withinImage({ left, top, right, bottom }: Rectangle, { width, height }: Size): Rectangle {
  const clip = (value: number, limit: number): number => Math.min(limit, Math.max(0, value));
  return {
    left: clip(Math.floor(left), width),
    top: clip(Math.floor(top), height),
    right: clip(Math.ceil(right), width),
    bottom: clip(Math.ceil(bottom), height),
  };
}

/** A rectangle of whole pixels as a polygon of the API: four vertices, counterclockwise from the top left. */
export function polygonOf({ left, top, right, bottom }: Rectangle): Polygon {
  const [x0, y0, x1, y1] = [BigInt(left), BigInt(top), BigInt(right), BigInt(bottom)];
  return {
    vertices: [
      { x: x0, y: y0 },
      { x: x0, y: y1 },
      { x: x1, y: y1 },
      { x: x1, y: y0 },
    ],
  };
}

/**
 * A polygon of the API, counterclockwise and in whole pixels within the image, from corners clockwise from the top left
 * of the text.
 */
export function polygonOfCorners(
  corners: readonly { readonly x: number; readonly y: number }[],
  { width, height }: Size,
): Polygon {
  const [first, ...others] = corners.map(({ x, y }) => ({
    x: BigInt(Math.min(width, Math.max(0, Math.round(x)))),
    y: BigInt(Math.min(height, Math.max(0, Math.round(y)))),
  }));
  return { vertices: first === undefined ? [] : [first, ...others.toReversed()] };
}
