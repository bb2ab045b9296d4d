import { describe, expect, it } from 'vitest';
import { drawTexts, drawShapes, textWidth } from '../../../../datasets/drawn/draw-text.js';
import type { Image } from '../../../image/image.js';
import { extendToInk } from './extend-to-ink.js';
import { boundsOf, rotated180, type LineBox } from './geometry.js';

const text = { text: 'HH-2646', x: 100, y: 60, size: 30 };
const end = 100 + textWidth(text);

function box(left: number, right: number): LineBox {
  return [
    { x: left, y: 30 },
    { x: right, y: 30 },
    { x: right, y: 68 },
    { x: left, y: 68 },
  ];
}

async function drawn(picture: ReturnType<typeof drawTexts>): Promise<Image> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const rgb = new Uint8Array(new SharedArrayBuffer(data.length));
  rgb.set(data);
  return { width: info.width, height: info.height, rgb };
}

describe('extendToInk', () => {
  it('moves ends that cut through a letter to the end of its ink, whichever way the text runs', async () => {
    const image = await drawn(drawTexts(500, 100, [text]));
    for (const turned of [false, true]) {
      const cut = box(107, end - 8);
      const { left, right } = boundsOf(extendToInk(image, turned ? rotated180(cut) : cut));
      expect(left).toBeGreaterThan(90);
      expect(left).toBeLessThan(103);
      expect(right).toBeGreaterThan(end - 3);
      expect(right).toBeLessThan(end + 12);
    }
  });

  it('leaves ends that lie on paper, even where more text follows', async () => {
    const image = await drawn(drawTexts(500, 100, [text, { ...text, x: end + 12 }]));
    const whole = box(96, end + 6);
    const { left, right } = boundsOf(extendToInk(image, whole));
    expect([left, right].map(Math.round)).toEqual([96, Math.round(end + 6)]);
  });

  it('leaves an end that lies in the last letter of another text', async () => {
    const image = await drawn(
      drawTexts(500, 100, [
        { ...text, size: 20 },
        { ...text, x: 215, size: 30 },
      ]),
    );
    const label = 100 + textWidth({ ...text, size: 20 });
    const value = box(label - 4, 215 + textWidth(text) + 4);
    expect(boundsOf(extendToInk(image, value)).left).toBeCloseTo(label - 4);
  });

  it('leaves ends where a rule goes on', async () => {
    const image = await drawn(drawShapes(500, 100, '<path d="M0 50 H500" stroke="black" stroke-width="3"/>'));
    const part = box(200, 300);
    expect(boundsOf(extendToInk(image, part))).toEqual(boundsOf(part));
  });
});
