import { describe, expect, it } from 'vitest';
import type { LineSource } from '../line/crop-line.js';
import { textOf } from '../line/recognized-line.js';
import { chinese } from './chinese.js';
import { latinCyrillic } from './latin-cyrillic.js';
import { readLine, type LineReading } from './read-line.js';
import type { ReadingPlan } from './reading-plan.js';
import type { FurtherRecognizer, LineRecognizer, Loaded } from './recognizer.js';
import { TesseractRecognizer } from './tesseract-recognizer.js';

const english: ReadingPlan = { requested: [], detected: [], tesseract: [], english: [], languages: [], implied: [] };
const requested = { ...english, requested: ['chinese'] };
const detected = { ...english, detected: ['chinese'] };
const line: LineSource = { cropAtHeight: () => ({ width: 0, height: 0, rgb: new Float32Array() }) };

/** Always reads the same. */
function saying([text, confidence]: [string, number]): LineRecognizer {
  return { read: async () => ({ words: [{ text, left: 0, right: 1, top: 0, bottom: 1 }], confidence }) };
}

/** Reads by two recognizers, of which the second is that for Chinese, or another. */
function readBy(
  first: [string, number],
  second: [string, number],
  plan: ReadingPlan = english,
  further: FurtherRecognizer = chinese,
): Promise<LineReading> {
  const secondRecognizer: Loaded<FurtherRecognizer> = { ...further, ...saying(second) };
  const recognizers = {
    first: { ...latinCyrillic, ...saying(first) },
    further: [secondRecognizer],
    tesseract: new TesseractRecognizer(),
  };
  return readLine(recognizers, line, plan, 'neural');
}

describe('readLine', () => {
  it('keeps a sure reading of the first recognizer', async () => {
    expect(textOf((await readBy(['Total', 0.9], ['Tota1', 0.99])).neural)).toBe('Total');
  });

  it('takes the reading of the fallback where that is sure and the first is in doubt', async () => {
    const { neural } = await readBy(['ASLOEG', 0.66], ['A short', 0.98]);
    expect([textOf(neural), neural.reader.name, neural.confidence]).toEqual(['A short', 'chinese-fallback', 0.98]);
    expect(textOf((await readBy(['areas', 0.67], ['arcas', 0.8])).neural)).toBe('areas');
  });

  it('wants more confidence of it where the first read Cyrillic', async () => {
    expect(textOf((await readBy(['ръце', 0.68], ['pbue', 0.94])).neural)).toBe('ръце');
    expect(textOf((await readBy(['илья', 0.83], ['ИЛЬБ', 0.99])).neural)).toBe('илья');
    expect(textOf((await readBy(['а тахітит', 0.84], ['a maximum', 0.99])).neural)).toBe('a maximum');
  });

  it('believes Chinese characters only where there may be some', async () => {
    expect(textOf((await readBy(['TO', 0.3], ['瓶康', 0.95])).neural)).toBe('TO');
    expect(textOf((await readBy(['TO', 0.3], ['瓶康', 0.95], detected)).neural)).toBe('瓶康');
    expect(textOf((await readBy(['TO', 0.9], ['瓶康', 0.95], detected)).neural)).toBe('TO');
    expect(textOf((await readBy(['TO', 0.9], ['瓶康', 0.5], requested)).neural)).toBe('瓶康');
  });

  it('reads by a further recognizer that is no fallback what is requested of it or detected, and nothing else', async () => {
    const { fallback: _, ...rest } = chinese;
    const korean = {
      ...rest,
      reader: { name: 'korean', calibration: { scale: 1, offset: 0 } },
      ownCharacter: /\p{Script=Hangul}/u,
    };
    const read = async (second: [string, number], plan: ReadingPlan): Promise<string> => {
      const { neural } = await readBy(['oH', 0.3], second, plan, korean);
      return `${textOf(neural)} by ${neural.reader.name}`;
    };
    expect(await read(['안녕', 0.5], { ...english, requested: ['korean'] })).toBe('안녕 by korean');
    expect(await read(['안녕', 0.9], { ...english, detected: ['korean'] })).toBe('안녕 by korean');
    expect(await read(['안녕', 0.9], requested)).toBe('oH by latin-cyrillic');
    expect(await read(['OH', 0.99], { ...english, detected: ['korean'] })).toBe('oH by latin-cyrillic');
  });
});
