import type { Rectangle } from '../../image/polygon.js';
import type { Picture } from '../../image/resize.js';
import type { Checkpoint } from '../../threads/jobs.js';

/** A face, or a candidate of a detector, in pixels. */
export interface Face extends Rectangle {
  /** Confidence of the detector, 0..1. */
  readonly score: number;
}

/** Finds the faces of a picture. Does not take another picture before that is done. */
export type FindFaces = (picture: Picture, checkpoint?: Checkpoint) => Promise<Face[]>;

/** Intersection over union of two boxes: 0 for disjoint, 1 for equal ones. */
export function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (areaOf(a) + areaOf(b) - shared);
}

export function areaOf({ left, top, right, bottom }: Rectangle): number {
  return (right - left) * (bottom - top);
}

/** The time of comparing all pairs grows with the square of this. A crowd that fills the picture has some 300 faces. */
const maxCandidates = 600;

/**
 * Non-maximum suppression: of faces that overlap by more than `maxOverlap`, keeps the one with the highest score. Best
 * first. Considers the 600 best candidates only.
 */
export function suppress(candidates: readonly Face[], maxOverlap: number): Face[] {
  const kept: Face[] = [];
  for (const face of candidates.toSorted((a, b) => b.score - a.score).slice(0, maxCandidates)) {
    if (kept.every((better) => overlap(better, face) <= maxOverlap)) kept.push(face);
  }
  return kept;
}
