import { describe, expect, it } from 'vitest';
import { annotateFaces } from './annotation.js';

const image = { width: 100, height: 80 };

function cornersOf(...faces: Parameters<typeof annotateFaces>[1]): number[][] {
  return annotateFaces(image, faces).faces.map(({ boundingBox }) => {
    const [topLeft, , bottomRight] = boundingBox?.vertices ?? [];
    return [topLeft?.x, topLeft?.y, bottomRight?.x, bottomRight?.y].map(Number);
  });
}

describe('annotateFaces', () => {
  it('sorts by size, regardless of the scores', () => {
    const small = { left: 0, top: 0, right: 10, bottom: 10, score: 0.99 };
    const large = { left: 20, top: 20, right: 60, bottom: 60, score: 0.6 };
    expect(cornersOf(small, large)).toEqual([
      [20, 20, 60, 60],
      [0, 0, 10, 10],
    ]);
  });

  it('clips to whole pixels within the image', () => {
    expect(cornersOf({ left: -5.5, top: 10.2, right: 50.1, bottom: 99, score: 1 })).toEqual([[0, 10, 51, 80]]);
  });

  it('leaves out unlikely faces, and those outside the image', () => {
    expect(
      cornersOf(
        { left: 0, top: 0, right: 10, bottom: 10, score: 0.49 },
        { left: 120, top: 0, right: 150, bottom: 10, score: 1 },
      ),
    ).toEqual([]);
  });
});
