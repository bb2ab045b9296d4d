import { describe, expect, it } from 'vitest';
import { rotated180, type LineBox } from '../line/geometry.js';
import { emptyLine } from '../line/recognized-line.js';
import { latinCyrillic } from '../read/latin-cyrillic.js';
import type { LineReading } from '../read/read-line.js';
import { tesseractReader } from '../read/tesseract-recognizer.js';
import { turnPage } from './turn-page.js';

function box(top: number, width: number): LineBox {
  return [
    { x: 10, y: top },
    { x: 10 + width, y: top },
    { x: 10 + width, y: top + 20 },
    { x: 10, y: top + 20 },
  ];
}

const boxes = [box(0, 400), box(40, 60), box(80, 300), box(120, 350), box(160, 20)];

function reading(text: string, confidence: number, neural = 0.3): LineReading {
  const word = { text, left: 0, right: 1, top: 0, bottom: 1 };
  return {
    neural: { ...emptyLine, confidence: neural, reader: latinCyrillic.reader },
    tesseract: { words: [word], confidence, reader: tesseractReader },
    sure: undefined,
  };
}

/** Turns the boxes with a reader of which the readings upright and upside down are known. */
async function turned(upright: LineReading, upsideDown: LineReading): Promise<[boolean, number]> {
  let read = 0;
  const result = await turnPage(boxes, async (lines) => {
    read += lines.length;
    return lines.map((line) => (line[0].x === 10 ? upright : upsideDown));
  });
  expect([boxes, boxes.map(rotated180)]).toContainEqual(result);
  return [result[0]?.[0].x !== 10, read];
}

describe('turnPage', () => {
  it('turns all lines if the longest read better upside down', async () => {
    expect(await turned(reading('םולש', 0.4), reading('שלום', 0.95))).toEqual([true, 6]);
    expect(await turned(reading('日', 0.3), reading('日本語', 0.8))).toEqual([true, 6]);
  });

  it('doubts the certainty of who does not know the script', async () => {
    expect(await turned(reading('hmmnL', 0.34, 0.79), reading('Երևան', 0.91, 0.64))).toEqual([true, 6]);
  });

  it('leaves lines that read better as they are, or nearly as well', async () => {
    expect(await turned(reading('שלום', 0.95), reading('םולש', 0.4))).toEqual([false, 6]);
    expect(await turned(reading('שלום', 0.8), reading('םולש', 0.9))).toEqual([false, 6]);
  });

  it('does not believe what Tesseract reads in Latin letters', async () => {
    expect(await turned(reading('', 0, 0.9), reading('mopim', 0.99))).toEqual([false, 6]);
  });

  it('reads nothing where there is no line', async () => {
    expect(await turnPage([], () => Promise.reject(new Error('read')))).toEqual([]);
  });
});
