import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../image/decode-image.js';
import type { Image } from '../../../image/image.js';
import { loadBackboneJobs } from '../../backbone/backbone-jobs.js';
import type { ActivationMap } from '../../backbone/backbone.js';
import { readCoefficients } from './coefficients.js';
import { qualityProperties } from './probabilities.js';
import { scoreQuality } from './score-quality.js';

const channels = readCoefficients().preparation.components.columns;

function map(value: (at: number) => number): ActivationMap {
  return { data: Float32Array.from({ length: 4 * channels }, (_, at) => value(at)), height: 2, width: 2, channels };
}

function plain(width: number, height: number, value: (at: number) => number): Image {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height));
  for (let at = 0; at < rgb.length; at++) rgb[at] = value(at);
  return { width, height, rgb };
}

/** A landscape: hills with trees under a sky. Drawn pixel by pixel, since the decoder rejects SVG. */
function landscape(): Sharp {
  const side = 512;
  const rgb = Buffer.alloc(3 * side * side);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 3) {
      const hill = [3, 2, 1, 0].find(
        (index) => y > 210 + 70 * index + 30 * Math.sin(x / (50 + 17 * index) + 2 * index),
      );
      if (hill === undefined) {
        const low = y / 300;
        rgb.set([60 + 150 * low, 120 + 90 * low, 200 - 10 * low], at);
      } else {
        const tree = Math.sin(x / 3.1 + hill) * Math.sin(y / 4.7 + Math.sin(x / 11)) > 0.35 ? 0.55 : 1;
        rgb.set([tree * (90 - 15 * hill), tree * (140 - 22 * hill), tree * (70 - 12 * hill)], at);
      }
    }
  }
  return sharp(rgb, { raw: { width: side, height: side, channels: 3 } });
}

describe('scoreQuality', () => {
  it('returns probabilities in the order of the properties, for any image and any map', () => {
    const pixel = fc.oneof(fc.constant(0), fc.constant(255), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(pixel, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 0, max: 6 }),
        (width, height, values, level) => {
          const result = scoreQuality(
            plain(width, height, (at) => values[at % values.length]!),
            map((at) => (at % 7) * level),
          );
          expect(Object.keys(result)).toEqual([...qualityProperties]);
          for (const value of Object.values(result)) expect(value >= 0 && value <= 1).toBe(true);
          expect(result.low + result.medium + result.high).toBeCloseTo(1, 6);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('rates a picture lower that is blurred or much too dark', async () => {
    const { runBackbone } = loadBackboneJobs();
    const score = async (picture: Sharp): Promise<number> => {
      const image = await decodeImage(await picture.png().toBuffer(), 1e6);
      const { low, high } = scoreQuality(image, (await runBackbone({ image })).activationMap);
      return high - low;
    };
    const good = await score(landscape());
    expect(await score(landscape().blur(6))).toBeLessThan(good - 0.2);
    expect(await score(landscape().linear(0.08, 0))).toBeLessThan(good - 0.2);
  });

  it('reports the number of channels that it needs', () => {
    const short: ActivationMap = { data: new Float32Array(5), height: 1, width: 1, channels: 5 };
    expect(() =>
      scoreQuality(
        plain(3, 3, () => 9),
        short,
      ),
    ).toThrow(`The backbone returned 5 channels, expected ${channels}`);
  });
});
