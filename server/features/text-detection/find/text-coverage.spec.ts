import { describe, expect, it } from 'vitest';
import type { LineBox } from '../line/geometry.js';
import { emptyLine } from '../line/recognized-line.js';
import { latinCyrillic } from '../read/latin-cyrillic.js';
import type { LineReading } from '../read/read-line.js';
import { tesseractReader } from '../read/tesseract-recognizer.js';
import { coverageOf } from './text-coverage.js';

const nothing = { ...emptyLine, reader: tesseractReader };

const size = { width: 100, height: 50 };

function box(width: number, height: number): LineBox {
  return [
    { x: 0, y: 0 },
    { x: width, y: 0 },
    { x: width, y: height },
    { x: 0, y: height },
  ];
}

function reading(text: string, confidence: number): LineReading {
  const word = { text, left: 0, right: 1, top: 0, bottom: 1 };
  return { neural: { words: [word], confidence, reader: latinCyrillic.reader }, tesseract: nothing, sure: 'neural' };
}

describe('coverageOf', () => {
  it('is the share of the image that boxes with text cover', () => {
    expect(coverageOf(size, [box(50, 10)], [reading('SALE', 0.9)])).toBeCloseTo(0.1);
    expect(coverageOf(size, Array(20).fill(box(50, 10)), Array(12).fill(reading('SALE', 0.9)))).toBe(1);
  });

  it.each([
    ['was read with low confidence', reading('SALE', 0.6)],
    ['has one character', reading('|', 0.99)],
    [
      'has none',
      {
        neural: { ...emptyLine, reader: latinCyrillic.reader },
        tesseract: nothing,
        sure: 'neural',
      } satisfies LineReading,
    ],
  ])('leaves out a box that %s', (_name, wrong) => {
    expect(coverageOf(size, [box(50, 20), box(50, 10)], [wrong, reading('SALE', 0.9)])).toBeCloseTo(0.1);
  });

  it('extrapolates from the boxes that were read to the others', () => {
    const readings = [reading('SALE', 0.9), reading('x', 0.1)];
    expect(coverageOf(size, Array(4).fill(box(50, 10)), readings)).toBeCloseTo(0.2);
  });
});
