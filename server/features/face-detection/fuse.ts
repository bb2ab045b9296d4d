import type { Size } from '../../image/polygon.js';
import { overlap, suppress, type Face } from './face.js';
import { probabilityOfBoth } from './probability.js';

// The three thresholds were set by hand.

/** Boxes of the two detectors that overlap by more than this are of the same face. */
const minSameFaceOverlap = 0.4;
/** Of fused faces that overlap by more than this only the most likely is kept. */
const maxOverlap = 0.4;
/** Less likely faces are dropped. */
const minProbability = 0.002;

/**
 * How the boxes of people differ from those of a detector: medians over 750 faces of the 227 photos that the
 * regressions of probability.ts were fitted on.
 */
interface BoxBias {
  /** Offset downward, in heights of the detector's box: people begin below the hairline and end at the chin. */
  readonly down: number;
  /** Factors of the sides. */
  readonly width: number;
  readonly height: number;
}
const faceBoxesBias: BoxBias = { down: 0.12, width: 1.06, height: 0.92 };
const blazeFaceBias: BoxBias = { down: 0.05, width: 0.98, height: 1.06 };

/** A face that one of the detectors found, or both. */
interface Candidate {
  readonly faceBoxes?: Face;
  readonly blazeFace?: Face;
}

/**
 * Fuses the faces of FaceBoxes and BlazeFace: where both found a face, its box is the average, and both scores
 * determine its probability.
 */
export function fuse(faceBoxes: readonly Face[], blazeFace: readonly Face[], image: Size): Face[] {
  const candidates = pairUp(
    faceBoxes.map((face) => withoutBias(face, faceBoxesBias)),
    blazeFace.map((face) => withoutBias(face, blazeFaceBias)),
  );
  const faces = candidates.flatMap((candidate) => toFace(candidate, Math.max(image.width, image.height)));
  return suppress(faces, maxOverlap);
}

function pairUp(faceBoxes: readonly Face[], blazeFace: readonly Face[]): Candidate[] {
  const unpaired = new Set(blazeFace);
  const candidates = faceBoxes.map((face): Candidate => {
    const partner = mostOverlapping(face, unpaired);
    if (partner === undefined) return { faceBoxes: face };
    unpaired.delete(partner);
    return { faceBoxes: face, blazeFace: partner };
  });
  for (const face of unpaired) candidates.push({ blazeFace: face });
  return candidates;
}

function mostOverlapping(face: Face, others: Iterable<Face>): Face | undefined {
  let largest = minSameFaceOverlap;
  let partner: Face | undefined;
  for (const other of others) {
    const shared = overlap(face, other);
    if (shared <= largest) continue;
    largest = shared;
    partner = other;
  }
  return partner;
}

function toFace({ faceBoxes, blazeFace }: Candidate, longerSide: number): Face[] {
  const a = faceBoxes ?? blazeFace;
  const b = blazeFace ?? faceBoxes;
  if (a === undefined || b === undefined) return [];
  const [top, bottom] = [(a.top + b.top) / 2, (a.bottom + b.bottom) / 2];
  const score = probabilityOfBoth(faceBoxes?.score, blazeFace?.score, (bottom - top) / longerSide);
  if (score < minProbability) return [];
  return [{ left: (a.left + b.left) / 2, top, right: (a.right + b.right) / 2, bottom, score }];
}

function withoutBias({ left, top, right, bottom, score }: Face, bias: BoxBias): Face {
  const x = (left + right) / 2;
  const y = (top + bottom) / 2 + bias.down * (bottom - top);
  const halfWidth = (bias.width * (right - left)) / 2;
  const halfHeight = (bias.height * (bottom - top)) / 2;
  return { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight, score };
}
