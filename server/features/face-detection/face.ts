import type { Rectangle } from '../../image/polygon.js';
import type { Picture } from '../../image/resize.js';

/** A face, or what a detector takes for one, in pixels. */
export interface Face extends Rectangle {
  /** How sure the detector is, 0..1. */
  readonly score: number;
}

/** Finds the faces of a picture, one picture at a time. */
export type FindFaces = (picture: Picture) => Promise<Face[]>;

/** Area that two faces share, over the area that they cover together: 0 apart, 1 the same. */
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

/** Comparing all pairs takes time with the square of this. A crowd that fills the picture has some 300 faces. */
const maxCandidates = 600;

/**
 * Of faces that overlap by more than `maxOverlap`, keeps the one with the highest score. Best first. Looks at no more
 * than the 600 best.
 */
export function suppress(candidates: readonly Face[], maxOverlap: number): Face[] {
  const kept: Face[] = [];
  for (const face of candidates.toSorted((a, b) => b.score - a.score).slice(0, maxCandidates)) {
    if (kept.every((better) => overlap(better, face) <= maxOverlap)) kept.push(face);
  }
  return kept;
}
