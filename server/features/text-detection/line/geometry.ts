import type { Rectangle, Size } from '../../../image/polygon.js';

/** Pixels from the top left corner of the image. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * A rotated rectangle around a line of text. The corners run clockwise from the one where the text begins at the top:
 * `[top left, top right, bottom right, bottom left]` as a reader of the line sees them.
 */
export type LineBox = readonly [Point, Point, Point, Point];

/** The box of an image that is all one line. */
export function wholeImage({ width, height }: Size): LineBox {
  return [
    { x: 0, y: 0 },
    { x: width, y: 0 },
    { x: width, y: height },
    { x: 0, y: height },
  ];
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** Length of the line in reading direction. */
export function boxWidth([topLeft, topRight]: LineBox): number {
  return distance(topLeft, topRight);
}

/** Height of the line across the reading direction. */
export function boxHeight([topLeft, , , bottomLeft]: LineBox): number {
  return distance(topLeft, bottomLeft);
}

/** The point at the fractions `u` of the width and `v` of the height of the box. */
export function pointInBox([topLeft, topRight, , bottomLeft]: LineBox, u: number, v: number): Point {
  return {
    x: topLeft.x + u * (topRight.x - topLeft.x) + v * (bottomLeft.x - topLeft.x),
    y: topLeft.y + u * (topRight.y - topLeft.y) + v * (bottomLeft.y - topLeft.y),
  };
}

/** The same rectangle for text that runs the other way round. */
export function turnedAround([topLeft, topRight, bottomRight, bottomLeft]: LineBox): LineBox {
  return [bottomRight, bottomLeft, topLeft, topRight];
}

/** The point turned about the origin, by radians clockwise on the screen. */
export function rotated({ x, y }: Point, angle: number): Point {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}

/** Smallest upright rectangle around the points. */
export function boundsOf(points: readonly Point[]): Rectangle {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Smallest upright rectangle around the rectangles. */
export function unionOf(rectangles: readonly Rectangle[]): Rectangle {
  return {
    left: Math.min(...rectangles.map(({ left }) => left)),
    top: Math.min(...rectangles.map(({ top }) => top)),
    right: Math.max(...rectangles.map(({ right }) => right)),
    bottom: Math.max(...rectangles.map(({ bottom }) => bottom)),
  };
}
