import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rotated, type LineBox } from '../line/geometry.js';
import { tiltOf } from './tilt.js';

/** A line of a length and height of 20 that runs down to the right by some degrees. */
function line(degrees: number, length = 200): LineBox {
  const corner = (x: number, y: number) => rotated({ x, y }, (degrees * Math.PI) / 180);
  return [corner(0, 0), corner(length, 0), corner(length, 20), corner(0, 20)];
}

function tiltInDegrees(...boxes: LineBox[]): number | undefined {
  const tilt = tiltOf(boxes);
  return tilt === undefined ? undefined : Math.round((tilt * 180) / Math.PI);
}

describe('tiltOf', () => {
  it('is the mean direction of lines, whichever side of a box is called its top', () => {
    expect(tiltInDegrees(line(44), line(46), line(225))).toBe(45);
    const [a, b, c, d] = line(-60);
    expect(tiltInDegrees(line(-60), [b, c, d, a])).toBe(-60);
  });

  it('has no say where lines are nearly level or upright, or look into all directions', () => {
    expect(tiltInDegrees(line(20), line(20), line(-70))).toBeUndefined();
    expect(tiltInDegrees(line(45), line(-45), line(0), line(30))).toBeUndefined();
    expect(tiltInDegrees()).toBeUndefined();
  });

  it('does not go by boxes that are nearly square', () => {
    expect(tiltInDegrees(line(45, 30), line(45, 30), line(0))).toBeUndefined();
    expect(tiltInDegrees(line(45), line(0, 30), line(0, 30))).toBe(45);
  });

  it('finds any tilt again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -89, max: 89 }),
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1 }),
        (tilt, errors) => {
          fc.pre(Math.abs(tilt) >= 28 && Math.abs(tilt) <= 62);
          expect(Math.abs(tiltInDegrees(...errors.map((error) => line(tilt + error)))! - tilt)).toBeLessThanOrEqual(4);
        },
      ),
    );
  });
});
