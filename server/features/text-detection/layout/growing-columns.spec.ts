import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupIntoBlocks } from './blocks.js';
import { cutIntoColumns } from './cut.js';
import { areProse, columnOf, GrowingColumns } from './growing-columns.js';
import { heightOf, median, widthOf, type Placed } from './placed.js';

const texts = ['some words', 'Total:', '1,284.50', 'of 24 November'];
const anyLine = fc
  .record({
    left: fc.integer({ min: 0, max: 300 }),
    top: fc.integer({ min: 0, max: 500 }),
    width: fc.integer({ min: 1, max: 150 }),
    height: fc.integer({ min: 1, max: 30 }),
    text: fc.constantFrom(...texts),
  })
  .map(({ left, top, width, height, text }): Placed => ({
    text,
    bounds: { left, top, right: left + width, bottom: top + height },
  }));

/** By the definition: at least `minLines`, half of them this wide. */
function isLong(column: readonly Placed[], minLines: number, minAspect: number): boolean {
  return (
    column.length >= minLines && median(column.map((line) => widthOf(line) / Math.max(1, heightOf(line)))) >= minAspect
  );
}

describe('GrowingColumns', () => {
  it('has the columns that all lines so far are cut into, and the same idea of prose', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 30 }), (lines) => {
        const growing = new GrowingColumns();
        for (const [index, line] of lines.entries()) {
          growing.add(columnOf(line), heightOf(line));
          const soFar = lines.slice(0, index + 1);
          const cut = cutIntoColumns(soFar, 0.8 * median(soFar.map(heightOf)));
          expect(growing.columns.map((column) => column.lines)).toEqual(cut.map(({ length }) => length));
          const hasTable = cut.some(
            (column) => column.filter(({ text }) => texts.indexOf(text) % 3 !== 0).length >= 0.34 * column.length,
          );
          const isProse = cut.every((column) => isLong(column, 3, 6)) || cut.some((column) => isLong(column, 4, 12));
          expect(areProse(growing.columns)).toBe(!hasTable && isProse);
        }
      }),
    );
  });
});

describe('groupIntoBlocks', () => {
  /** Lines side by side in rows. */
  const list = (rows: number, columns: number): Placed[] =>
    Array.from({ length: rows * columns }, (_, index) => {
      const [left, top] = [60 * (index % columns), 20 * Math.floor(index / columns)];
      return { text: 'a b', bounds: { left, top, right: left + 30, bottom: top + 10 } };
    });

  it.each([
    [5000, 2],
    [2, 5000],
    [100, 100],
  ])('orders 10,000 lines in %i rows of %i', (rows, columns) => {
    const lines = list(rows, columns);
    expect(groupIntoBlocks(lines).flat()).toEqual(lines);
  });
});
