import { describe, expect, it } from 'vitest';
import { drawShapes, drawTexts } from '../../../../datasets/drawn/draw-text.js';
import type { Image } from '../../../image/image.js';
import { boundsOf, rotated180, type LineBox } from './geometry.js';
import { extendToMarks, withoutMarks } from './hold-marks.js';

const text = { text: 'Ẩn Ẫm ỵt', x: 40, y: 100, size: 40 };

function box(top: number, bottom: number, [left, right] = [35, 230]): LineBox {
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

async function drawn(picture: ReturnType<typeof drawTexts>): Promise<Image> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const rgb = new Uint8Array(new SharedArrayBuffer(data.length));
  rgb.set(data);
  return { width: info.width, height: info.height, rgb };
}

/** Top and bottom of the ink of the text. */
async function inkOf(image: Image): Promise<{ top: number; bottom: number }> {
  const rows = Array.from({ length: image.height }, (_, y) => y).filter((y) =>
    image.rgb.subarray(3 * y * image.width, 3 * (y + 1) * image.width).some((value) => value < 128),
  );
  return { top: rows[0]!, bottom: rows.at(-1)! + 1 };
}

describe('extendToMarks', () => {
  it('moves the top and the bottom to the end of the marks, whichever way the text runs', async () => {
    const image = await drawn(drawTexts(300, 160, [text]));
    const ink = await inkOf(image);
    const cut = box(70, 102);
    for (const turned of [false, true]) {
      const { top, bottom } = boundsOf(extendToMarks(image, turned ? rotated180(cut) : cut));
      expect(top).toBeLessThan(ink.top);
      expect(top).toBeGreaterThan(ink.top - 6);
      expect(bottom).toBeGreaterThan(ink.bottom);
      expect(bottom).toBeLessThan(ink.bottom + 6);
    }
  });

  it.each([
    ['that hold the marks', box(50, 116), [text]],
    ['where the next line has a wide gap to it', box(50, 116), [text, { ...text, text: 'aaaa', y: 40 }]],
    ['where ink goes on', box(70, 116), [text, { ...text, text: '||||||||', size: 60, y: 75 }]],
  ])('leaves edges %s', async (_name, line, texts) => {
    const image = await drawn(drawTexts(300, 160, texts));
    expect(boundsOf(extendToMarks(image, line)).top).toBeCloseTo(boundsOf(line).top);
  });

  it('leaves a box without text', async () => {
    const image = await drawn(drawShapes(300, 160, ''));
    expect(boundsOf(extendToMarks(image, box(70, 100)))).toEqual(boundsOf(box(70, 100)));
  });
});

describe('withoutMarks', () => {
  it('leaves out boxes in the upper part of a line, and no others', () => {
    const line = box(70, 110);
    const extended = box(46, 110);
    const marks = box(48, 64, [80, 110]);
    const below = box(120, 134, [80, 110]);
    const beside = box(60, 90, [240, 280]);
    // A box of marks is extended to the letters below.
    const letters = box(46, 106, [80, 110]);
    expect(withoutMarks([marks, line, below, beside], [letters, extended, below, beside])).toEqual([
      extended,
      below,
      beside,
    ]);
    expect(withoutMarks([line, line], [line, line])).toEqual([line, line]);
  });

  it('leaves a box as it was that would hold another line, but not one that holds high marks', () => {
    const [above, line] = [box(30, 70, [35, 150]), box(74, 114)];
    const extended = box(34, 114);
    expect(withoutMarks([above, line], [above, extended])).toEqual([above, line]);
    const marks = box(36, 72, [80, 120]);
    expect(withoutMarks([marks, line], [marks, box(32, 124)])).toEqual([box(32, 124)]);
  });
});
