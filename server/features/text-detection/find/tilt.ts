import { boxHeight, boxWidth, type LineBox } from '../line/geometry.js';

/** Boxes that are less long than this, in heights, say nothing about the direction of their line. */
const minAspect = 2;
/** Lines have one direction if this share of their length is within some degrees of it. */
const [minShare, maxDeviation] = [0.5, 8];
/** Up to this many degrees from level and upright the detector finds lines as well as level ones. */
const minTilt = 24;

/**
 * By how many radians clockwise the lines of an image are tilted, -pi/2 to pi/2, if that is so much that a detector breaks
 * them; undefined if not, or if they have no common direction.
 */
export function tiltOf(boxes: readonly LineBox[]): number | undefined {
  const lines = boxes.map(directionOf).filter(({ aspect }) => aspect >= minAspect);
  const total = lines.reduce((sum, { length }) => sum + length, 0);
  let best = { length: 0, angle: 0 };
  for (const { angle } of lines) {
    const near = lines.filter((line) => Math.abs(difference(line.angle, angle, 180)) <= maxDeviation);
    const length = near.reduce((sum, line) => sum + line.length, 0);
    if (length <= best.length) continue;
    const turn = near.reduce((sum, line) => sum + line.length * difference(line.angle, angle, 180), 0) / length;
    best = { length, angle: angle + turn };
  }
  const isTilted = best.length >= minShare * total && Math.abs(difference(best.angle, 0, 90)) >= minTilt;
  return isTilted ? (difference(best.angle, 0, 180) * Math.PI) / 180 : undefined;
}

/** The direction of a box along its longer side, in degrees, and its longer side, absolute and in shorter ones. */
function directionOf(box: LineBox): { angle: number; length: number; aspect: number } {
  const [width, height] = [boxWidth(box), boxHeight(box)];
  const [from, to] = width >= height ? [box[0], box[1]] : [box[1], box[2]];
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return {
    angle,
    length: Math.max(width, height),
    aspect: Math.max(width, height) / Math.max(1, Math.min(width, height)),
  };
}

/** Degrees from one direction to another, if those that are a turn apart are the same. */
function difference(a: number, b: number, turn: 90 | 180): number {
  return a - b - Math.round((a - b) / turn) * turn;
}
