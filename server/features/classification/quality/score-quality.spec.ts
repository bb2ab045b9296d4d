import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { loadBackbone } from '../../../../training/quality/backbone.js';
import { decodeImage } from '../../../image/decode-image.js';
import type { Image } from '../../../image/image.js';
import { readCoefficients } from './coefficients.js';
import { qualityProperties, scoreQuality, type BackboneMap } from './score-quality.js';

const channels = readCoefficients().preparation.components.columns;

function map(value: (at: number) => number): BackboneMap {
  return { data: Float32Array.from({ length: 4 * channels }, (_, at) => value(at)), height: 2, width: 2, channels };
}

function plain(width: number, height: number, value: (at: number) => number): Image {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height));
  for (let at = 0; at < rgb.length; at++) rgb[at] = value(at);
  return { width, height, rgb };
}

/** A landscape of hills before a sky, with trees on them. */
function landscape(): Sharp {
  const hill = (index: number): string => `<path d="M0 ${260 + 60 * index} Q 128 ${180 + 70 * index} 256 ${270 + 55 * index} T 512 ${240 + 60 * index} V512 H0Z" fill="hsl(${90 + 12 * index},45%,${45 - 8 * index}%)"/>`;
  const tree = (index: number): string => `<path d="M${(index * 83) % 500} ${330 + ((index * 37) % 160)} l8 -26 l8 26z" fill="hsl(${100 + ((index * 7) % 40)},50%,${15 + ((index * 5) % 20)}%)"/>`;
  const parts = [...Array.from({ length: 4 }, (_, index) => hill(index)), ...Array.from({ length: 90 }, (_, index) => tree(index))];
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"><defs><linearGradient id="s" x2="0" y2="1"><stop offset="0" stop-color="#2f6fb5"/><stop offset="1" stop-color="#f6e3c0"/></linearGradient></defs><rect width="512" height="512" fill="url(#s)"/><circle cx="390" cy="110" r="34" fill="#fff3d0"/>${parts.join('')}</svg>`)).flatten({ background: 'white' });
}

describe('scoreQuality', () => {
  it('gives probabilities in the order of the properties, for any image and any map', () => {
    const pixel = fc.oneof(fc.constant(0), fc.constant(255), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), fc.array(pixel, { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 6 }), (width, height, values, level) => {
        const result = scoreQuality(plain(width, height, (at) => values[at % values.length]!), map((at) => (at % 7) * level));
        expect(Object.keys(result)).toEqual([...qualityProperties]);
        for (const value of Object.values(result)) expect(value >= 0 && value <= 1).toBe(true);
        expect(result.low + result.medium + result.high).toBeCloseTo(1, 6);
      }),
      { numRuns: 40 },
    );
  });

  it('thinks less of a picture that was blurred, compressed or underexposed, and less the more it was', async () => {
    const backbone = await loadBackbone();
    const score = async (picture: Sharp): Promise<number> => {
      const image = await decodeImage(await picture.png().toBuffer(), 1e6);
      const { low, high } = scoreQuality(image, await backbone(image));
      return high - low;
    };
    const compressed = async (quality: number): Promise<Sharp> => sharp(await landscape().jpeg({ quality }).toBuffer());
    const good = await score(landscape());
    const blurred = [await score(landscape().blur(2)), await score(landscape().blur(8))];
    const coarse = [await score(await compressed(25)), await score(await compressed(4))];
    const dark = [await score(landscape().linear(0.4, 0)), await score(landscape().linear(0.08, 0))];
    for (const [some, much] of [blurred, coarse, dark]) {
      expect(some).toBeLessThan(good);
      expect(much).toBeLessThan(some!);
    }
  });

  it('says which number of channels it needs', () => {
    const short: BackboneMap = { data: new Float32Array(5), height: 1, width: 1, channels: 5 };
    expect(() => scoreQuality(plain(3, 3, () => 9), short)).toThrow(`The backbone gave 5 channels, expected ${channels}`);
  });
});
