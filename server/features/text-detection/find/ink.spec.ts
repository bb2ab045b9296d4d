import { describe, expect, it } from 'vitest';
import type { Image } from '../../../image/image.js';
import type { LineBox } from '../line/geometry.js';
import { findInk, textAreaOf } from './ink.js';

/** A plain picture of a gray value. */
function plain(width: number, height: number, value: number): Image {
  return { width, height, rgb: new Uint8Array(new SharedArrayBuffer(3 * width * height)).fill(value) };
}

/** A copy with a dot of 3 x 3 pixels of a gray value. */
function withDot({ width, height, rgb }: Image, left: number, top: number, value: number): Image {
  const copy = plain(width, height, 0);
  copy.rgb.set(rgb);
  for (let y = top; y < top + 3; y++) copy.rgb.fill(value, 3 * (y * width + left), 3 * (y * width + left + 3));
  return copy;
}

function box(left: number, top: number, right: number, bottom: number): LineBox {
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

describe('textAreaOf', () => {
  it('is what surrounds the ink, dark on light or light on dark', () => {
    for (const [ground, dot] of [
      [255, 180],
      [20, 90],
    ] as const) {
      const page = withDot(withDot(plain(400, 300, ground), 100, 50, dot), 290, 200, dot);
      const { bounds } = textAreaOf(page, findInk(page), []);
      expect(bounds).toEqual({ left: 80, top: 32, width: 240, height: 192 });
    }
  });

  it('takes no paper for ink, and a corner of one pixel for what it is', () => {
    const page = plain(401, 301, 250);
    expect(textAreaOf(page, findInk(page), []).bounds).toBeUndefined();
    page.rgb.fill(0, page.rgb.length - 3);
    expect(textAreaOf(page, findInk(page), []).bounds).toEqual({ left: 384, top: 272, width: 17, height: 29 });
  });

  it('tells parts with ink or lines from blank ones', () => {
    const page = withDot(plain(400, 300, 255), 100, 50, 0);
    const { mayHaveText, bounds } = textAreaOf(page, findInk(page), [box(200, 200, 300, 220)]);
    expect(bounds).toEqual({ left: 80, top: 32, width: 236, height: 204 });
    expect(mayHaveText({ left: 90, top: 40, width: 50, height: 50 })).toBe(true);
    expect(mayHaveText({ left: 250, top: 150, width: 100, height: 60 })).toBe(true);
    expect(mayHaveText({ left: 0, top: 100, width: 180, height: 200 })).toBe(false);
  });

  it('believes the lines alone in a photo, which has contrasts everywhere', () => {
    const photo = plain(400, 300, 0);
    for (let at = 0; at < photo.rgb.length; at += 7) photo.rgb[at] = 255;
    const { mayHaveText, bounds } = textAreaOf(photo, findInk(photo), [box(200, 200, 300, 220)]);
    expect(bounds).toEqual({ left: 184, top: 184, width: 132, height: 52 });
    expect(mayHaveText({ left: 0, top: 0, width: 100, height: 100 })).toBe(false);
    expect(mayHaveText({ left: 150, top: 150, width: 100, height: 100 })).toBe(true);
  });
});
