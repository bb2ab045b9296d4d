import { describe, expect, it } from 'vitest';
import type { LineReading, Reader } from './read-line.js';
import { textOf, type RecognizedLine } from './recognized-line.js';
import { settleReadings } from './settle-readings.js';

function read(text: string, confidence: number): RecognizedLine {
  return { words: [{ text, left: 0, right: 1, top: 0, bottom: 1 }], confidence };
}

function reading(neural: [string, number], tesseract: [string, number], sure?: Reader): LineReading {
  return { neural: read(...neural), tesseract: read(...tesseract), sure };
}

const doubtful = reading(['Tax', 0.86], ['Тах', 0.92]);
const english = reading(['Thank you for shopping', 0.98], ['', 0], 'neural');
const russian = reading(['', 0], ['Спасибо за покупку', 0.96], 'tesseract');

describe('settleReadings', () => {
  it('takes the script of the page where a line leaves doubt', () => {
    expect(settleReadings([english, doubtful]).map(textOf)).toEqual(['Thank you for shopping', 'Tax']);
    expect(settleReadings([russian, doubtful]).map(textOf)).toEqual(['Спасибо за покупку', 'Тах']);
  });

  it('goes by confidence where the page has both scripts, or no line is sure', () => {
    expect(settleReadings([english, russian, doubtful]).map(textOf).at(-1)).toBe('Тах');
    expect(settleReadings([doubtful]).map(textOf)).toEqual(['Тах']);
    expect(settleReadings([reading(['PHRANAKON', 0.99], ['РНКАМАКОМ', 0.8])]).map(textOf)).toEqual(['PHRANAKON']);
  });

  it('does not take a reading that is hardly one', () => {
    expect(settleReadings([english, reading(['', 0], ['Итого', 0.7])]).map(textOf).at(-1)).toBe('Итого');
  });
});
