import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawPicture } from '../../../../datasets/drawn/draw-picture.js';
import { decodeImage } from '../../../image/decode-image.js';
import type { PixelRegion } from '../../../image/pixel-region.js';
import { contentRegions } from './content-regions.js';
import { lumaOf } from './luma.js';

async function regionsOf(image: Sharp): Promise<PixelRegion[]> {
  return contentRegions(lumaOf(await decodeImage(await image.png().toBuffer(), 1e8), 1000));
}

async function onPage(
  left: number,
  top: number,
  extra: ReadonlyArray<{ left: number; top: number; width: number; height: number }> = [],
): Promise<Sharp> {
  const photo = await drawPicture(3, 300, 200).png().toBuffer();
  const lines = extra.map((box) => ({
    input: { create: { width: box.width, height: box.height, channels: 3 as const, background: '#333' } },
    left: box.left,
    top: box.top,
  }));
  return sharp({ create: { width: 500, height: 700, channels: 3, background: 'white' } }).composite([
    { input: photo, left, top },
    ...lines,
  ]);
}

describe('contentRegions', () => {
  it('finds a picture within a border', async () => {
    expect(await regionsOf(await onPage(80, 120))).toEqual([{ left: 80, top: 120, width: 300, height: 200 }]);
  });

  it('finds a picture between lines of text', async () => {
    const text = [20, 50, 500, 530, 560].map((top) => ({ left: 80, top, width: 120, height: 12 }));
    const regions = await regionsOf(await onPage(80, 120, text));
    expect(regions).toContainEqual({ left: 80, top: 120, width: 300, height: 200 });
  });

  it('finds nothing without a background, nor on an empty page', async () => {
    const grain = Uint8Array.from(
      { length: 3 * 200 * 200 },
      (_, index) => (Math.floor(index / 3) * 2_654_435_761) >>> 24,
    );
    expect(await regionsOf(sharp(grain, { raw: { width: 200, height: 200, channels: 3 } }))).toEqual([]);
    expect(await regionsOf(sharp({ create: { width: 300, height: 200, channels: 3, background: 'white' } }))).toEqual(
      [],
    );
  });
});
