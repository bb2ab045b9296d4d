import { describe, expect, it } from 'vitest';
import { drawTexts } from '../../../../datasets/drawn/draw-text.js';
import type { Image } from '../../../image/image.js';
import { boundsOf, boxHeight, boxWidth, type LineBox } from '../line/geometry.js';
import type { RecognizedLine } from '../line/recognized-line.js';
import { latinCyrillic } from '../read/latin-cyrillic.js';
import type { LineReading } from '../read/read-line.js';
import { tesseractReader } from '../read/tesseract-recognizer.js';
import { doubtfulBoxes, turnLabels } from './turn-labels.js';

const tick = { y: 100, size: 24, angle: -90 };
const labels = [
  { ...tick, text: '600', x: 60 },
  { ...tick, text: '800', x: 110 },
  { ...tick, text: '1000', x: 160 },
];

function box(left: number, top: number, right: number, bottom: number): LineBox {
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

async function drawn(texts: Parameters<typeof drawTexts>[2]): Promise<Image> {
  const { data, info } = await drawTexts(220, 130, texts).raw().toBuffer({ resolveWithObject: true });
  const rgb = new Uint8Array(new SharedArrayBuffer(data.length));
  rgb.set(data);
  return { width: info.width, height: info.height, rgb };
}

/** What a recognizer reads with a confidence. */
function readAs(confidence: number, text = '600'): RecognizedLine {
  return { words: [{ text, left: 0, right: 1, top: 0, bottom: 1 }], confidence };
}

/** Whether a box is as a single label that runs from its bottom to its top, or from its top to its bottom. */
function runsAcross(label: LineBox): 'up' | 'down' | undefined {
  const [topLeft, topRight] = label;
  if (Math.abs(topLeft.x - topRight.x) > 1 || boxHeight(label) > 40) return undefined;
  return topRight.y < topLeft.y ? 'up' : 'down';
}

describe('doubtfulBoxes', () => {
  const square = box(0, 0, 20, 20);
  const doubtful = (...readings: LineReading[]): number[] =>
    doubtfulBoxes(
      readings.map(() => square),
      readings,
    );
  const reading = (neural: number, tesseract: number, text?: string): LineReading => ({
    neural: { ...readAs(neural, text), reader: latinCyrillic.reader },
    tesseract: { ...readAs(tesseract), reader: tesseractReader },
    sure: undefined,
  });

  it('are those of which no reader is certain, and a limited number', () => {
    expect(doubtful(reading(0.9, 0), reading(0.5, 0), reading(0.4, 0.9), reading(0.7, 0.6))).toEqual([1, 3]);
    expect(doubtful(...Array.from({ length: 500 }, () => reading(0.1, 0)))).toHaveLength(100);
  });

  it('are those in which a single letter was read that is not certain, or whose box is too tall or too long', () => {
    expect(doubtful(reading(0.9, 0), reading(0.9, 0, '8'))).toEqual([1]);
    const boxes = [box(0, 0, 20, 20), box(0, 0, 14, 22), box(0, 0, 50, 22)];
    expect(
      doubtfulBoxes(
        boxes,
        boxes.map(() => reading(1, 0, '8')),
      ),
    ).toEqual([1, 2]);
  });
});

describe('turnLabels', () => {
  it('parts the labels of an axis that were joined, and turns them', async () => {
    const confidences = { up: 0.9, down: 0.88, level: 0.3 };
    const turned = await turnLabels(await drawn(labels), box(32, 25, 172, 106), async (label) => {
      return readAs(confidences[runsAcross(label) ?? 'level']);
    });
    expect(turned?.map(runsAcross)).toEqual(['up', 'up', 'up']);
    expect(turned?.map((label) => Math.round(boundsOf(label).left / 50))).toEqual([1, 2, 3]);
    for (const label of turned ?? []) expect(boxWidth(label)).toBeGreaterThan(boxHeight(label));
  });

  it('turns a letter that reads well as it is only if that is certain', async () => {
    const image = await drawn(labels.slice(0, 1));
    const read = (up: number): Promise<readonly LineBox[] | undefined> =>
      turnLabels(image, box(36, 50, 66, 106), async (label) =>
        runsAcross(label) === 'up' ? readAs(up) : readAs(1, '8'),
      );
    expect(await read(0.98)).toBeUndefined();
    expect((await read(1))?.map(runsAcross)).toEqual(['up']);
  });

  it('turns a label down only if it reads clearly better that way', async () => {
    const image = await drawn(labels.slice(0, 1));
    const square = box(36, 50, 66, 106);
    const read = (down: number): Promise<readonly LineBox[] | undefined> =>
      turnLabels(image, square, async (label) => readAs(runsAcross(label) === 'down' ? down : 0.85));
    expect(await read(0.87)).toBeUndefined();
    expect((await read(0.99))?.map(runsAcross)).toEqual(['down']);
  });

  it('takes no stroke for a letter', async () => {
    const image = await drawn(labels.slice(0, 1));
    const read = (text: string): Promise<readonly LineBox[] | undefined> =>
      turnLabels(image, box(36, 50, 66, 106), async (label) =>
        runsAcross(label) === 'up' ? readAs(0.95, text) : readAs(0.2),
      );
    expect(await read('1')).toBeUndefined();
    expect((await read('10'))?.map(runsAcross)).toEqual(['up']);
  });

  it('leaves a box that no way reads well, or only a little better', async () => {
    const image = await drawn(labels);
    const row = box(32, 25, 172, 106);
    const across = (better: number, level: number) => async (label: LineBox) =>
      readAs(runsAcross(label) === undefined ? level : better);
    expect(await turnLabels(image, row, across(0.6, 0.2))).toBeUndefined();
    expect(await turnLabels(image, row, across(0.78, 0.74))).toBeUndefined();
    expect(await turnLabels(image, row, across(0.9, 0.74))).toHaveLength(3);
  });
});
