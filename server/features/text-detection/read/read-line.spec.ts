import { describe, expect, it } from 'vitest';
import type { LineSource } from '../line/crop-line.js';
import { textOf } from '../line/recognized-line.js';
import type { CtcRecognizer } from './ctc-recognizer.js';
import { readLine, type LineReading } from './read-line.js';
import type { ReadingPlan } from './reading-plan.js';
import { TesseractRecognizer } from './tesseract-recognizer.js';

const english: ReadingPlan = { chinese: 'no', tesseract: [], english: [], languages: [], implied: [] };
const line: LineSource = { cropAtHeight: () => ({ width: 0, height: 0, rgb: new Float32Array() }) };

/** Reads by two recognizers that say what they are told to. */
function readBy(
  letters: [string, number],
  chinese: [string, number],
  chineseIs: ReadingPlan['chinese'] = 'no',
): Promise<LineReading> {
  const saying = ([text, confidence]: [string, number]): CtcRecognizer => ({
    read: async () => ({ words: [{ text, left: 0, right: 1, top: 0, bottom: 1 }], confidence }),
  });
  const recognizers = { letters: saying(letters), chinese: saying(chinese), tesseract: new TesseractRecognizer() };
  return readLine(recognizers, line, { ...english, chinese: chineseIs }, 'neural');
}

describe('readLine', () => {
  it('keeps a sure reading of letters', async () => {
    expect(textOf((await readBy(['Total', 0.9], ['Tota1', 0.99])).neural)).toBe('Total');
  });

  it('takes the reading of the other recognizer where that is sure and the first is not', async () => {
    expect((await readBy(['ASLOEG', 0.66], ['A short', 0.98])).neural).toMatchObject({
      reader: 'second',
      confidence: 0.98,
    });
    expect(textOf((await readBy(['areas', 0.67], ['arcas', 0.8])).neural)).toBe('areas');
  });

  it('asks more of it where the letters were Cyrillic', async () => {
    expect(textOf((await readBy(['ръце', 0.68], ['pbue', 0.94])).neural)).toBe('ръце');
    expect(textOf((await readBy(['илья', 0.83], ['ИЛЬБ', 0.99])).neural)).toBe('илья');
    expect(textOf((await readBy(['а тахітит', 0.84], ['a maximum', 0.99])).neural)).toBe('a maximum');
  });

  it('believes Chinese characters only where there may be some', async () => {
    expect(textOf((await readBy(['TO', 0.3], ['瓶康', 0.95])).neural)).toBe('TO');
    expect(textOf((await readBy(['TO', 0.3], ['瓶康', 0.95], 'detect')).neural)).toBe('瓶康');
    expect(textOf((await readBy(['TO', 0.9], ['瓶康', 0.95], 'detect')).neural)).toBe('TO');
    expect(textOf((await readBy(['TO', 0.9], ['瓶康', 0.5], 'asked')).neural)).toBe('瓶康');
  });
});
