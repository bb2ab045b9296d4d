import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupIntoBlocks } from './blocks.js';

interface NamedLine {
  readonly name: string;
  readonly text: string;
  readonly bounds: { left: number; top: number; right: number; bottom: number };
}

function line(name: string, left: number, top: number, width: number, height = 20): NamedLine {
  return { name, text: 'some words', bounds: { left, top, right: left + width, bottom: top + height } };
}

function blocksOf(...lines: NamedLine[]): string[] {
  return groupIntoBlocks(lines).map((block) => block.map(({ name }) => name).join(' '));
}

describe('groupIntoBlocks', () => {
  it('joins the lines of a paragraph', () => {
    expect(blocksOf(line('b', 0, 30, 300), line('a', 0, 0, 300), line('c', 0, 60, 120))).toEqual(['a b c']);
  });

  it('separates paragraphs at an empty line', () => {
    expect(blocksOf(line('a', 0, 0, 300), line('b', 0, 60, 300))).toEqual(['a', 'b']);
  });

  it('separates a heading from its text', () => {
    expect(blocksOf(line('heading', 0, 0, 300, 50), line('text', 0, 60, 300))).toEqual(['heading', 'text']);
  });

  it('reads one column after the other', () => {
    const column = (name: string, left: number): NamedLine[] =>
      [0, 30, 60].map((top, index) => line(`${name}${index + 1}`, left, top, 200));
    expect(blocksOf(...column('right', 300), ...column('left', 0))).toEqual([
      'left1 left2 left3',
      'right1 right2 right3',
    ]);
  });

  it('has every line once', () => {
    const anyLine = fc.record({
      left: fc.integer({ min: 0, max: 500 }),
      top: fc.integer({ min: 0, max: 500 }),
      width: fc.integer({ min: 1, max: 300 }),
      height: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 60 }), (boxes) => {
        const lines = boxes.map(({ left, top, width, height }, index) => line(String(index), left, top, width, height));
        const names = groupIntoBlocks(lines)
          .flat()
          .map(({ name }) => Number(name));
        expect(names.toSorted((a, b) => a - b)).toEqual([...lines.keys()]);
      }),
    );
  });
});
