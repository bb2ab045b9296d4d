import type { Rectangle, Size } from '../../../image/polygon.js';

/** A point in pixels from the top left corner of an image. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * A rotated rectangle around a line of text. Its corners are `[top left, top right, bottom right, bottom left]` as a
 * reader of the line sees them.
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

/** Size along the text. */
export function boxWidth([topLeft, topRight]: LineBox): number {
  return distance(topLeft, topRight);
}

/** Size across the text. */
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

/** The same rectangle for a text that is upside down in it. */
export function rotated180([topLeft, topRight, bottomRight, bottomLeft]: LineBox): LineBox {
  return [bottomRight, bottomLeft, topLeft, topRight];
}

/** The point rotated about the origin, by radians clockwise on the screen. */
export function rotated({ x, y }: Point, angle: number): Point {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}

/** The bounding rectangle of points. */
export function boundsOf(points: readonly Point[]): Rectangle {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { left, top, right, bottom };
}

/** The bounding rectangle of rectangles. */
export function unionOf(rectangles: readonly Rectangle[]): Rectangle {
  return boundsOf(
    rectangles.flatMap(({ left, top, right, bottom }) => [
      { x: left, y: top },
      { x: right, y: bottom },
    ]),
  );
}
