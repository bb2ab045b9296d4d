import { describe, expect, it } from 'vitest';
import type { LineBox } from './line/geometry.js';
import { emptyLine, textOf } from './line/recognized-line.js';
import { readPage, type BoxJobs } from './read-page.js';
import { latinCyrillic } from './read/latin-cyrillic.js';
import type { LineReading } from './read/read-line.js';
import { tesseractReader } from './read/tesseract-recognizer.js';

const size = { width: 400, height: 400 };

/** A box at a height of the page. */
function boxAt(y: number): LineBox {
  return [
    { x: 0, y },
    { x: 100, y },
    { x: 100, y: y + 20 },
    { x: 0, y: y + 20 },
  ];
}

function readingOf(text: string, confidence: number): LineReading {
  return {
    neural: { words: [{ text, left: 0, right: 1, top: 0, bottom: 1 }], confidence, reader: latinCyrillic.reader },
    tesseract: { ...emptyLine, reader: tesseractReader },
    sure: 'neural',
  };
}

/** A page on which the box at each height says something, with a confidence. */
function pageOf(print: Readonly<Record<number, [string, number]>>, turned: Readonly<Record<number, LineBox[]>> = {}) {
  const readBoxes: number[] = [];
  const jobs: BoxJobs = {
    async read(boxes) {
      readBoxes.push(...boxes.map(([{ y }]) => y));
      return boxes.map(([{ y }]) => readingOf(...(print[y] ?? ['?', 0])));
    },
    turn: async (boxes) => boxes.map(([{ y }]) => turned[y]),
  };
  return { jobs, readBoxes };
}

async function textsOf(jobs: BoxJobs, ...heights: number[]): Promise<string[]> {
  return (await readPage(jobs, size, heights.map(boxAt), [])).lines.map(textOf);
}

describe('readPage', () => {
  it('reads the labels of a doubtful box in its place, and every other box once', async () => {
    const print: Record<number, [string, number]> = {
      0: ['Pressure', 1],
      30: ['88', 0.5],
      60: ['bar', 1],
      31: ['600', 1],
      32: ['800', 1],
    };
    const { jobs, readBoxes } = pageOf(print, { 30: [boxAt(31), boxAt(32)] });
    expect(await textsOf(jobs, 0, 30, 60)).toEqual(['Pressure', '600', '800', 'bar']);
    expect(readBoxes).toEqual([0, 30, 60, 31, 32]);
  });

  it('keeps a doubtful box that is best as it is', async () => {
    const { jobs } = pageOf({ 0: ['smudged', 0.7] });
    expect(await textsOf(jobs, 0)).toEqual(['smudged']);
  });

  it('leaves out lines that are more often wrong than right', async () => {
    const { jobs } = pageOf({ 0: ['Total', 1], 30: ['xqz', 0.1], 60: ['—', 0.8] });
    const page = await readPage(jobs, size, [0, 30, 60].map(boxAt), []);
    expect(page.lines.map(textOf)).toEqual(['Total', '—']);
    expect(page.boxes).toEqual([boxAt(0), boxAt(60)]);
  });

  it('leaves out signs of an image without letters', async () => {
    expect(await textsOf(pageOf({ 0: ['—', 0.8], 30: ['...', 0.9] }).jobs, 0, 30)).toEqual([]);
  });
});
