import { describe, expect, it } from 'vitest';
import { rotated180, type LineBox } from '../line/geometry.js';
import { orientLines, type DirectionModels } from './direction.js';

/** A level line at a height, `width` pixels long and 10 high. */
function level(top: number, width: number): LineBox {
  return [
    { x: 0, y: top },
    { x: width, y: top },
    { x: width, y: top + 10 },
    { x: 0, y: top + 10 },
  ];
}

/** A line that runs down: 10 pixels wide and `height` high. */
function tall(left: number, height: number): LineBox {
  return [
    { x: left, y: 0 },
    { x: left + 10, y: 0 },
    { x: left + 10, y: height },
    { x: left, y: height },
  ];
}

/** Models for lines that are the right way up where `isUp` says so. Counts the boxes that each of them looks at. */
function models(
  isUp: (box: LineBox) => boolean,
  doubt = 0,
): DirectionModels & { readonly seen: { upsideDown: number; confidence: number } } {
  const seen = { upsideDown: 0, confidence: 0 };
  return {
    seen,
    upsideDown: async (boxes) => {
      seen.upsideDown += boxes.length;
      return boxes.map((box) => (isUp(box) ? doubt : 1 - doubt));
    },
    confidence: async (boxes) => {
      seen.confidence += boxes.length;
      return boxes.map((box) => (isUp(box) ? 0.9 : 0.3));
    },
  };
}

const runsRight = ([topLeft, topRight]: LineBox): boolean => topRight.x > topLeft.x;
const runsDown = ([topLeft, topRight]: LineBox): boolean => topRight.y > topLeft.y;

describe('orientLines', () => {
  it('leaves lines that are the right way up', async () => {
    const boxes = [level(0, 100), level(20, 200)];
    expect(await orientLines(models(runsRight), boxes)).toEqual(boxes);
  });

  it('turns all lines of a group that is upside down, and those alone', async () => {
    const boxes = [level(0, 100), tall(300, 100), level(20, 200), tall(320, 90)];
    const oriented = await orientLines(
      models((box) => (box[0].y === box[1].y ? !runsRight(box) : runsDown(box))),
      boxes,
    );
    expect(oriented.slice(0, 2)).toEqual([rotated180(level(0, 100)), rotated180(level(20, 200))]);
    expect(oriented.slice(2).every(runsDown)).toBe(true);
    expect(oriented).toHaveLength(4);
  });

  it('lets the longest lines vote, however many there are', async () => {
    const asked = models(runsRight);
    await orientLines(
      asked,
      Array.from({ length: 1000 }, (_, index) => level(20 * index, 50 + index)),
    );
    expect(asked.seen).toEqual({ upsideDown: 10, confidence: 0 });
  });

  it('asks the recognizer where the classifier is in doubt', async () => {
    const asked = models((box) => !runsRight(box), 0.4);
    expect(await orientLines(asked, [level(0, 100)])).toEqual([rotated180(level(0, 100))]);
    expect(asked.seen).toEqual({ upsideDown: 2, confidence: 2 });
  });

  it('asks nobody about no lines', async () => {
    const asked = models(runsRight);
    expect(await orientLines(asked, [])).toEqual([]);
    expect(asked.seen).toEqual({ upsideDown: 0, confidence: 0 });
  });
});
