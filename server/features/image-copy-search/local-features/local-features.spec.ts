import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../../../datasets/drawn/draw-picture.js';
import { decodeImage } from '../../../image/decode-image.js';
import { lumaOf } from '../luma/luma.js';
import { descriptorBytes } from './brief-pattern.js';
import { decodeFeatures, encodeFeatures, featureBytes, thinFeatures } from './feature-codec.js';
import { extractFeatures, type LocalFeatures } from './local-features.js';
import { matchable, matchFeatures } from './match-features.js';

let picture: Buffer;
let stored: LocalFeatures;
beforeAll(async () => {
  picture = await drawPicture(21).png().toBuffer();
  stored = await features(sharp(picture), 400, 180);
});

async function features(image: Sharp, side = 640, maxFeatures = 500): Promise<LocalFeatures> {
  return extractFeatures(lumaOf(await decodeImage(await image.png().toBuffer(), 1e8), side), { side, maxFeatures });
}

describe('extractFeatures', () => {
  it('finds nearly as many as allowed, within the picture', () => {
    expect(stored.count).toBeGreaterThan(150);
    expect(stored.count).toBeLessThanOrEqual(180);
    for (let index = 0; index < stored.count; index++) {
      expect(stored.x[index]).toBeGreaterThan(0);
      expect(stored.x[index]).toBeLessThan(1);
      expect(stored.y[index]).toBeLessThan(0.75);
    }
  });

  it('finds none in plain or tiny pictures', async () => {
    expect(
      (await features(sharp({ create: { width: 300, height: 200, channels: 3, background: '#888' } }))).count,
    ).toBe(0);
    expect((await features(sharp({ create: { width: 1, height: 1, channels: 3, background: '#888' } }))).count).toBe(0);
  });
});

describe('matchFeatures', () => {
  it.each([
    ['as it is', () => sharp(picture), 0, 1, false],
    ['rotated by 30 degrees', () => sharp(picture).rotate(30), -30, 1.24, false],
    ['half of it', () => sharp(picture).extract({ left: 0, top: 0, width: 320, height: 480 }), 0, 0.75, false],
    ['mirrored', () => sharp(picture).flop(), 0, 1, true],
    ['stretched', () => sharp(picture).resize({ width: 800, height: 480, fit: 'fill' }), 0, 1.1, false],
  ])('finds rotation and scale of a picture that is %s', async (_name, copy, degrees, scale, mirrored) => {
    const match = matchFeatures(matchable(await features(copy())), stored);
    expect(match.inliers).toBeGreaterThan(10);
    expect(match.mirrored).toBe(mirrored);
    expect(Math.abs((match.rotation * 180) / Math.PI - degrees)).toBeLessThan(8);
    expect(Math.abs(match.scale - scale)).toBeLessThan(0.15);
  });

  it('finds few inliers between different pictures', async () => {
    for (const seed of [22, 23, 24, 25]) {
      const other = await features(drawPicture(seed));
      expect(matchFeatures(matchable(other), stored).inliers).toBeLessThan(8);
    }
  });

  it('matches nothing with pictures without features', () => {
    const none = decodeFeatures(new Uint8Array());
    expect(matchFeatures(matchable(none), stored).inliers).toBe(0);
    expect(matchFeatures(matchable(stored), none).inliers).toBe(0);
  });
});

describe('the codec', () => {
  it('keeps features approximately', () => {
    const back = decodeFeatures(encodeFeatures(stored));
    expect(back.descriptors).toEqual(stored.descriptors);
    for (let index = 0; index < stored.count; index++) {
      expect(Math.abs(back.x[index]! - stored.x[index]!)).toBeLessThan(0.003);
      expect(Math.abs(back.y[index]! - stored.y[index]!)).toBeLessThan(0.003);
      expect(Math.abs(Math.sin((back.angle[index]! - stored.angle[index]!) / 2))).toBeLessThan(0.01);
      expect(back.size[index]! / stored.size[index]!).toBeCloseTo(1, 1);
    }
    expect(matchFeatures(matchable(stored), back).inliers).toBeGreaterThan(stored.count / 4);
  });

  it('ignores an incomplete feature', () => {
    expect(decodeFeatures(new Uint8Array(2 * featureBytes + 5)).count).toBe(2);
  });

  it('thins features without losing a level', () => {
    const few = thinFeatures(stored, 60);
    expect(few.count).toBeLessThanOrEqual(60);
    expect(few.count).toBeGreaterThan(45);
    expect(few.descriptors).toHaveLength(few.count * descriptorBytes);
    expect(new Set(few.size).size).toBeGreaterThanOrEqual(new Set(stored.size).size - 2);
    expect(thinFeatures(stored, 1000)).toBe(stored);
  });
});
