import { describe, expect, it } from 'vitest';
import type { LineBox } from '../line/geometry.js';
import { splitAtColumns } from './shape-lines.js';

const box: LineBox = [
  { x: 100, y: 50 },
  { x: 500, y: 50 },
  { x: 500, y: 70 },
  { x: 100, y: 70 },
];

function word(text: string, left: number, right: number) {
  return { text, left, right, top: 0, bottom: 1 };
}

describe('splitAtColumns', () => {
  it('divides a line of two cells, and its box', () => {
    const line = { confidence: 0.9, words: [word('Long', 0, 0.1), word('scarf', 0.15, 0.25), word('12.00', 0.75, 1)] };
    const [left, right] = splitAtColumns({ box, line });
    expect(left?.line.words.map(({ text }) => text)).toEqual(['Long', 'scarf']);
    expect(left?.box[1]).toEqual({ x: 200, y: 50 });
    expect(left?.line.words[1]).toMatchObject({ left: 0.6, right: 1 });
    expect(right?.line).toEqual({ confidence: 0.9, words: [word('12.00', 0, 1)] });
    expect(right?.box).toEqual([
      { x: 400, y: 50 },
      { x: 500, y: 50 },
      { x: 500, y: 70 },
      { x: 400, y: 70 },
    ]);
  });

  it('keeps justified prose together', () => {
    const line = { confidence: 0.9, words: [word('wide', 0, 0.4), word('space', 0.49, 1)] };
    expect(splitAtColumns({ box, line })).toEqual([{ box, line }]);
  });
});
