import { describe, expect, it } from 'vitest';
import { pageLayouts, type PageLayout } from '../../../../datasets/drawn/page-layouts.js';
import { boundsOf, rotated } from '../line/geometry.js';
import { groupIntoBlocks } from './blocks.js';

/** Share of the lines that are followed by the right line. */
function rightNeighbors({ lines }: PageLayout): number {
  const read = groupIntoBlocks(lines.toReversed()).flat();
  const right = lines.slice(1).filter((line, index) => read[read.indexOf(lines[index]!) + 1] === line);
  return right.length / (lines.length - 1);
}

/** The page rotated by one degree, as in a photo. */
function skewed({ name, lines }: PageLayout): PageLayout {
  const turned = lines.map((line) => {
    const { left, top, right, bottom } = line.bounds;
    const [from, to] = [
      rotated({ x: left, y: (top + bottom) / 2 }, Math.PI / 180),
      rotated({ x: right, y: (top + bottom) / 2 }, Math.PI / 180),
    ];
    const half = (bottom - top) / 2;
    return {
      ...line,
      bounds: boundsOf([
        { x: from.x, y: from.y - half },
        { x: to.x, y: to.y + half },
      ]),
    };
  });
  return { name, lines: turned };
}

describe('the reading order', () => {
  it.each(pageLayouts.map((layout) => [layout.name, layout] as const))('of %s is right', (_name, layout) => {
    expect(rightNeighbors(layout)).toBe(1);
  });

  it('of skewed pages is right in 95 % of the neighbors', () => {
    const shares = pageLayouts.map((layout) => rightNeighbors(skewed(layout)));
    expect(shares.reduce((sum, share) => sum + share) / shares.length).toBeGreaterThan(0.95);
  });
});
