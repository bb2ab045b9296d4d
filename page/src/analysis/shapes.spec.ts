import { describe, expect, it } from 'vitest';
import type { TextPage } from '../api/analysis.js';
import { belongsTo, boundsOf, gradeOf, pageText, pointsOf, shapesOf } from './shapes.js';

const box = [
  { x: 10, y: 20 },
  { x: 10, y: 32 },
  { x: 50, y: 32 },
  { x: 50, y: 20 },
];
const word = (text: string, confidence = 0.9) => ({ polygon: box, text, confidence, language: 'en' });
const line = (...words: string[]) => ({ polygon: box, confidence: 0.8, words: words.map((text) => word(text)) });
const page: TextPage = {
  width: 100,
  height: 80,
  blocks: [
    { polygon: box, lines: [line('Coffee', 'beans'), line('12.50')] },
    { polygon: box, lines: [line('TOTAL')] },
  ],
  entities: [],
};

describe('shapesOf', () => {
  it('has a shape for each word, line or block, with keys that tell what belongs together', () => {
    const at = (level: 'words' | 'lines' | 'blocks' | 'none') =>
      shapesOf(page, 1, level).map(({ key, text }) => `${key} ${text}`);
    expect(at('words')).toEqual(['1.0.0.0 Coffee', '1.0.0.1 beans', '1.0.1.0 12.50', '1.1.0.0 TOTAL']);
    expect(at('lines')).toEqual(['1.0.0 Coffee beans', '1.0.1 12.50', '1.1.0 TOTAL']);
    expect(at('blocks')).toEqual(['1.0 Coffee beans\n12.50', '1.1 TOTAL']);
    expect(at('none')).toEqual([]);
  });
});

describe('pageText', () => {
  it('has a line for each line, and an empty one between blocks', () => {
    expect(pageText(page)).toBe('Coffee beans\n12.50\n\nTOTAL');
  });
});

describe('belongsTo', () => {
  it('joins a word with its line and block, and with nothing else', () => {
    expect(belongsTo('0.1.2.3', '0.1.2')).toBe(true);
    expect(belongsTo('0.1', '0.1.2.3')).toBe(true);
    expect(belongsTo('0.1.2', '0.1.2')).toBe(true);
    expect(belongsTo('0.1.21', '0.1.2')).toBe(false);
    expect(belongsTo('0.1.3', '0.1.2')).toBe(false);
  });
});

describe('polygons', () => {
  it('are drawn in the pixels of the image', () => {
    expect(pointsOf(box)).toBe('10,20 10,32 50,32 50,20');
    expect(boundsOf(box)).toEqual({ x: 10, y: 20, width: 40, height: 12 });
    expect(boundsOf([])).toEqual({ x: 0, y: 0, width: 0, height: 0 });
  });
});

describe('gradeOf', () => {
  it('has three grades', () => {
    expect([1, 0.9, 0.89, 0.7, 0.69, 0].map(gradeOf)).toEqual(['sure', 'sure', 'fair', 'fair', 'doubtful', 'doubtful']);
  });
});
