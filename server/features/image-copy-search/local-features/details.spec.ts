import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../../../datasets/drawn/draw-picture.js';
import { decodeImage } from '../../../image/decode-image.js';
import { extractionOptions, type DescribeMode } from '../copy-jobs.js';
import { decodeDetails, encodeDetails, findDetails, matchDetails, type DetailMatch, type Details } from './details.js';
import { correlation, thumbnailOf } from './thumbnail.js';

let picture: Buffer;
let stored: Uint8Array;
beforeAll(async () => {
  picture = await drawPicture(21).png().toBuffer();
  stored = encodeDetails(await details(sharp(picture), 'index'));
});

async function details(image: Sharp, mode: DescribeMode = 'search'): Promise<Details> {
  return findDetails(await decodeImage(await image.png().toBuffer(), 1e8), extractionOptions[mode]);
}

async function match(image: Sharp): Promise<DetailMatch> {
  return matchDetails(await details(image), [stored])[0]!;
}

describe('matchDetails', () => {
  it.each([
    ['as it is', () => sharp(picture)],
    ['rotated by 30 degrees', () => sharp(picture).rotate(30)],
    ['upright', () => sharp(picture).rotate(90)],
    ['half of it', () => sharp(picture).extract({ left: 0, top: 0, width: 320, height: 480 })],
    ['a quarter of it', () => sharp(picture).extract({ left: 200, top: 100, width: 320, height: 240 })],
    ['mirrored', () => sharp(picture).flop()],
    ['stretched', () => sharp(picture).resize({ width: 800, height: 480, fit: 'fill' })],
    ['darker', () => sharp(picture).linear(0.5, 20)],
    ['in a page', () => sharp(picture).extend({ top: 300, bottom: 200, left: 100, right: 50, background: '#fff' })],
  ])('correlates with a picture that is %s', async (_name, copy) => {
    expect((await match(copy())).correlation).toBeGreaterThan(0.9);
  });

  it('does not correlate with the same corners on another background', async () => {
    const negative = await sharp(picture).extract({ left: 0, top: 0, width: 320, height: 480 }).negate().toBuffer();
    const onOtherGround = await match(sharp(picture).composite([{ input: negative, left: 0, top: 0 }]));
    expect(onOtherGround.inliers).toBeGreaterThan(10);
    expect(onOtherGround.correlation).toBeLessThan(0.5);
  });

  it('matches nothing with bytes that are not details', () => {
    const nothing = {
      features: decodeDetails(stored)!.features,
      thumbnail: thumbnailOf({ width: 1, height: 1, data: new Float32Array(1) }, 9),
    };
    expect(matchDetails(nothing, [new Uint8Array(), Uint8Array.of(200, 200, 1)]).map(({ inliers }) => inliers)).toEqual(
      [0, 0],
    );
    // No cells, and a truncated feature.
    expect(decodeDetails(Uint8Array.of(0, 9, 1))).toBeUndefined();
    expect(decodeDetails(stored.subarray(0, -1))).toBeUndefined();
  });
});

describe('the codec', () => {
  it('keeps the thumbnail, and its shape approximately', async () => {
    for (const image of [sharp(picture), sharp(picture).rotate(90), sharp(picture).resize(640, 64, { fit: 'fill' })]) {
      const before = await details(image, 'index');
      const bytes = encodeDetails(before);
      const { thumbnail } = decodeDetails(bytes)!;
      expect({ ...thumbnail, width: 0, height: 0 }).toEqual({ ...before.thumbnail, width: 0, height: 0 });
      expect(thumbnail.width).toBeCloseTo(before.thumbnail.width, 2);
      expect(thumbnail.height).toBeCloseTo(before.thumbnail.height, 2);
      expect(thumbnail.levels.length).toBeLessThanOrEqual(extractionOptions.index.maxCells);
      // A page and a half of SQLite.
      expect(bytes.length).toBeLessThan(6100);
    }
  });
});

describe('correlation', () => {
  const slope = thumbnailOf(
    { width: 20, height: 10, data: Float32Array.from({ length: 200 }, (_, at) => at % 20) },
    200,
  );
  const flat = thumbnailOf({ width: 20, height: 10, data: new Float32Array(200) }, 200);

  it('is from -1 to 1', () => {
    expect(correlation(slope, slope, [1, 0, 0, 1, 0, 0])).toBeCloseTo(1, 3);
    // Rotated by 180 degrees.
    expect(correlation(slope, slope, [-1, 0, 0, -1, 1, 0.5])).toBeCloseTo(-1, 3);
  });

  it('is 0 for flat pictures, little overlap and degenerate maps', () => {
    expect(correlation(flat, slope, [1, 0, 0, 1, 0, 0])).toBe(0);
    expect(correlation(slope, flat, [1, 0, 0, 1, 0, 0])).toBe(0);
    expect(correlation(slope, slope, [1, 0, 0, 1, 0.95, 0])).toBe(0);
    expect(correlation(slope, slope, [0, 0, 0, 0, 0, 0])).toBe(0);
  });
});
