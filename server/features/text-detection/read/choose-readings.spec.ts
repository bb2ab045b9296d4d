import { describe, expect, it } from 'vitest';
import { textOf } from '../line/recognized-line.js';
import { combineReadings } from './choose-readings.js';
import { latinCyrillic } from './latin-cyrillic.js';
import type { LineReading, Reading } from './read-line.js';
import type { Reader } from './recognizer.js';
import { tesseractReader } from './tesseract-recognizer.js';

function read(reader: Reader, text: string, confidence: number): Reading {
  return { reader, words: [{ text, left: 0, right: 1, top: 0, bottom: 1 }], confidence };
}

function reading(neural: [string, number], tesseract: [string, number], sure?: LineReading['sure']): LineReading {
  return { neural: read(latinCyrillic.reader, ...neural), tesseract: read(tesseractReader, ...tesseract), sure };
}

const doubtful = reading(['Tov', 0.86], ['Τον', 0.92]);
const english = reading(['Thank you for shopping', 0.98], ['', 0], 'neural');
const greek = reading(['', 0], ['Ευχαριστούμε πολύ', 0.96], 'tesseract');

describe('combineReadings', () => {
  it('follows the script of the page if a line has no sure reading', () => {
    expect(combineReadings([english, doubtful]).map(textOf)).toEqual(['Thank you for shopping', 'Tov']);
    expect(combineReadings([greek, doubtful]).map(textOf)).toEqual(['Ευχαριστούμε πολύ', 'Τον']);
  });

  it('goes by confidence if the page has both scripts, or no sure line', () => {
    expect(combineReadings([english, greek, doubtful]).map(textOf).at(-1)).toBe('Τον');
    expect(combineReadings([doubtful]).map(textOf)).toEqual(['Τον']);
    expect(combineReadings([reading(['PHRANAKON', 0.99], ['ΡΗΡΑΝΑΚΟΝ', 0.8])]).map(textOf)).toEqual(['PHRANAKON']);
  });

  it('does not follow the page with a reading of low confidence', () => {
    expect(
      combineReadings([english, reading(['', 0], ['Ένα', 0.7])])
        .map(textOf)
        .at(-1),
    ).toBe('Ένα');
  });
});
