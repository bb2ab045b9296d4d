import type { Size } from '../../image/polygon.js';
import { overlap, suppress, type Face } from './face.js';
import { probabilityOfBoth } from './probability.js';

/** Faces of the two detectors that overlap by more than this are the same. */
const sameFace = 0.4;
const maxOverlap = 0.4;
/** What is less likely than this is not passed on. */
const minProbability = 0.002;

/** How the boxes of a detector lie beside those that people draw: parts of their height and width. Medians of 750 faces. */
interface Habit {
  /** People begin below the hairline and end at the chin. */
  readonly down: number;
  readonly width: number;
  readonly height: number;
}
const faceBoxesHabit: Habit = { down: 0.12, width: 1.06, height: 0.92 };
const blazeFaceHabit: Habit = { down: 0.05, width: 0.98, height: 1.06 };

/** A face that one of the detectors found, or both. */
interface Candidate {
  readonly faceBoxes?: Face;
  readonly blazeFace?: Face;
}

/**
 * Puts together what FaceBoxes and BlazeFace found: where they agree the box is in the middle, and what both say of a
 * face makes its probability. Each is fooled by other things.
 */
export function fuse(faceBoxes: readonly Face[], blazeFace: readonly Face[], image: Size): Face[] {
  const candidates = pairUp(
    faceBoxes.map((face) => corrected(face, faceBoxesHabit)),
    blazeFace.map((face) => corrected(face, blazeFaceHabit)),
  );
  const faces = candidates.flatMap((candidate) => toFace(candidate, Math.max(image.width, image.height)));
  return suppress(faces, maxOverlap);
}

function pairUp(faceBoxes: readonly Face[], blazeFace: readonly Face[]): Candidate[] {
  const rest = new Set(blazeFace);
  const candidates = faceBoxes.map((face): Candidate => {
    const twin = mostOverlapping(face, rest);
    if (twin === undefined) return { faceBoxes: face };
    rest.delete(twin);
    return { faceBoxes: face, blazeFace: twin };
  });
  for (const face of rest) candidates.push({ blazeFace: face });
  return candidates;
}

function mostOverlapping(face: Face, others: Iterable<Face>): Face | undefined {
  let most = sameFace;
  let found: Face | undefined;
  for (const other of others) {
    const shared = overlap(face, other);
    if (shared <= most) continue;
    most = shared;
    found = other;
  }
  return found;
}

function toFace({ faceBoxes, blazeFace }: Candidate, side: number): Face[] {
  const a = faceBoxes ?? blazeFace;
  const b = blazeFace ?? faceBoxes;
  if (a === undefined || b === undefined) return [];
  const [top, bottom] = [(a.top + b.top) / 2, (a.bottom + b.bottom) / 2];
  const score = probabilityOfBoth(faceBoxes?.score, blazeFace?.score, (bottom - top) / side);
  if (score < minProbability) return [];
  return [{ left: (a.left + b.left) / 2, top, right: (a.right + b.right) / 2, bottom, score }];
}

function corrected({ left, top, right, bottom, score }: Face, habit: Habit): Face {
  const x = (left + right) / 2;
  const y = (top + bottom) / 2 + habit.down * (bottom - top);
  const halfWidth = (habit.width * (right - left)) / 2;
  const halfHeight = (habit.height * (bottom - top)) / 2;
  return { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight, score };
}
