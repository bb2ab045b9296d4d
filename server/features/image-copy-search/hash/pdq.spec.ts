import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../../../datasets/drawn/draw-picture.js';
import { decodeImage } from '../../../image/decode-image.js';
import { lumaOf } from '../luma/luma.js';
import { dihedralHashes, hammingDistance, hashOf, pdqHex, pdqMaxSide, pdqSpectrum, type PdqSpectrum } from './pdq.js';

let picture: Buffer;
beforeAll(async () => {
  picture = await drawPicture(7).png().toBuffer();
});

async function spectrumOf(image: Sharp): Promise<PdqSpectrum> {
  return pdqSpectrum(lumaOf(await decodeImage(await image.png().toBuffer(), 1e8), pdqMaxSide));
}

async function hash(image: Sharp): Promise<Uint8Array> {
  return hashOf((await spectrumOf(image)).coefficients);
}

describe('PDQ', () => {
  it('sets half of the bits', async () => {
    expect(hammingDistance(await hash(sharp(picture)), new Uint8Array(32))).toBe(128);
  });

  it('hardly changes with size, brightness and compression', async () => {
    const original = await hash(sharp(picture));
    const copies = [
      sharp(picture).resize(200),
      sharp(picture).resize(1500),
      sharp(picture).modulate({ brightness: 0.8 }),
      sharp(await sharp(picture).jpeg({ quality: 15 }).toBuffer()),
    ];
    for (const copy of copies) expect(hammingDistance(original, await hash(copy))).toBeLessThan(24);
  });

  it('differs much for another picture', async () => {
    const others = await Promise.all([8, 9, 10].map((seed) => hash(drawPicture(seed))));
    const original = await hash(sharp(picture));
    for (const other of others) expect(hammingDistance(original, other)).toBeGreaterThan(90);
  });

  it('gives the hashes of all eight orientations from one spectrum', async () => {
    const derived = dihedralHashes(await spectrumOf(sharp(picture)));
    const image = (): Sharp => sharp(picture);
    const transpose = async (): Promise<Sharp> => sharp(await image().rotate(90).png().toBuffer()).flop();
    const orientations = [
      image(),
      image().flip(),
      image().flop(),
      image().rotate(180),
      await transpose(),
      sharp(await (await transpose()).png().toBuffer()).flip(),
      sharp(await (await transpose()).png().toBuffer()).flop(),
      sharp(await (await transpose()).png().toBuffer()).rotate(180),
    ];
    for (const [index, orientation] of orientations.entries()) {
      const own = await hash(orientation);
      const distances = derived.map((other) => hammingDistance(other, own));
      expect(distances.indexOf(Math.min(...distances)), `orientation ${index}`).toBe(index);
      expect(distances[index]).toBeLessThan(20);
    }
  });

  it("prints bits in the order of Meta's tools", () => {
    const coefficients = new Float32Array(256).fill(-1);
    // The 128th smallest value is the median, so 128 values must be larger.
    coefficients.fill(1, 0, 128);
    expect(pdqHex(hashOf(coefficients))).toBe('0'.repeat(32) + 'f'.repeat(32));
  });

  it('gives a plain picture a quality of 0', async () => {
    const plain = sharp({ create: { width: 300, height: 200, channels: 3, background: '#888' } });
    expect((await spectrumOf(plain)).quality).toBe(0);
    expect((await spectrumOf(sharp(picture))).quality).toBeGreaterThan(80);
    expect(pdqSpectrum({ width: 4, height: 900, data: new Float32Array(3600) }).quality).toBe(0);
  });
});
