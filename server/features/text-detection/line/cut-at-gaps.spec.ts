import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineCrop } from './crop-line.js';
import { cutAtGaps } from './cut-at-gaps.js';

const height = 20;

/** A line of letters, each a stroke 6 pixels wide, and of gaps as wide as the numbers between them. */
function lineOf(...parts: Array<'letter' | number>): LineCrop {
  const columns = parts.flatMap((part) =>
    part === 'letter' ? Array.from({ length: 6 }, () => true) : Array.from({ length: part }, () => false),
  );
  const width = columns.length;
  const rgb = Float32Array.from({ length: 3 * width * height }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    return columns[x] === true && y > 5 ? 0 : 255;
  });
  return { width, height, rgb };
}

function piecesOf(line: LineCrop, maxWidth: number): Array<[number, number, boolean]> {
  return cutAtGaps(line, maxWidth).map(({ crop, left, isWithinWord }) => [left, crop.width, isWithinWord]);
}

describe('cutAtGaps', () => {
  it('leaves a line whole that is short enough', () => {
    const line = lineOf('letter', 8, 'letter');
    expect(cutAtGaps(line, 20)).toEqual([{ crop: line, left: 0, isWithinWord: false }]);
  });

  it('cuts in the middle of the widest gap in reach', () => {
    const line = lineOf('letter', 2, 'letter', 8, 'letter', 2, 'letter', 10, 'letter');
    expect(piecesOf(line, 36)).toEqual([
      [0, 18, false],
      [18, line.width - 18, false],
    ]);
  });

  it('says where it had to cut a word', () => {
    const letters = Array.from({ length: 10 }, () => ['letter', 2] as const).flat();
    expect(piecesOf(lineOf(...letters, 10, 'letter'), 40).map(([, , isWithinWord]) => isWithinWord)).toEqual([
      false,
      true,
      true,
    ]);
    expect(piecesOf(lineOf('letter', 'letter', 'letter', 'letter'), 10).length).toBe(3);
  });

  it('leaves out pieces without ink', () => {
    const line = lineOf('letter', 200, 'letter');
    const pieces = piecesOf(line, 50);
    expect(pieces.length).toBe(2);
    expect(pieces[1]![0] + pieces[1]![1]).toBe(line.width);
  });

  it('has all ink in pieces of the width, in order', () => {
    const parts = fc.array(fc.oneof(fc.constant('letter' as const), fc.integer({ min: 1, max: 60 })), { minLength: 1 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 8, max: 120 }), (drawn, maxWidth) => {
        const line = lineOf(...drawn);
        let end = 0;
        const inked = Array.from({ length: line.width }, () => false);
        for (const { crop, left } of cutAtGaps(line, maxWidth)) {
          expect(crop.width).toBeLessThanOrEqual(maxWidth);
          expect(left).toBeGreaterThanOrEqual(end);
          end = left + crop.width;
          inked.fill(true, left, end);
        }
        const lost = inked.filter((isIn, x) => !isIn && line.rgb[3 * (10 * line.width + x)] === 0);
        expect(lost).toEqual([]);
      }),
    );
  });
});
