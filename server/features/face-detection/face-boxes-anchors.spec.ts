import { describe, expect, it } from 'vitest';
import { anchorAt, faceBoxesLevels } from './face-boxes-anchors.js';

/** A canvas that is not square, so that rows and columns cannot be confused. */
const [width, height] = [384, 256];

describe('anchorAt', () => {
  // Results of the anchor generator in the TF.js model for this size: top, left, bottom, right.
  it.each<[0 | 1 | 2, number, number[]]>([
    [0, 0, [0, 0, 20, 20]],
    [0, 1, [0, 0, 28, 20]],
    [0, 2, [4, 0, 36, 20]],
    [0, 7, [12, 0, 44, 28]],
    [0, 15, [12, 12, 44, 44]],
    [0, 17, [0, 0, 64, 32]],
    [0, 18, [0, 0, 32, 64]],
    [0, 20, [0, 0, 80, 80]],
    [0, 21, [0, 20, 20, 52]],
    [0, 23, [4, 20, 36, 52]],
    [1, 23, [96, 224, 256, 384]],
    [2, 0, [0, 0, 256, 320]],
    [2, 1, [0, 0, 256, 384]],
    [2, 5, [0, 64, 256, 384]],
  ])('level %i, anchor %i', (level, index, box) => {
    const anchor = anchorAt(faceBoxesLevels[level], index, width, height);
    const { centerX: x, centerY: y } = anchor;
    expect([y - anchor.height / 2, x - anchor.width / 2, y + anchor.height / 2, x + anchor.width / 2]).toEqual(box);
  });
});
