import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Image } from '../../../../image/image.js';
import { handFeatures } from './hand-features.js';
import { workingImage, workingPixels } from './plane.js';

function image(width: number, height: number, value: (at: number) => number): Image {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height));
  for (let at = 0; at < rgb.length; at++) rgb[at] = value(at);
  return { width, height, rgb };
}

/** A photo-like image: soft gradients, disks with sharp edges, a little grain. */
function scene(width = 320, height = 240): Sharp {
  const circles = Array.from({ length: 24 }, (_, index) => {
    const [x, y, radius] = [(index * 67) % width, (index * 91) % height, 8 + ((index * 13) % 40)];
    return `<circle cx="${x}" cy="${y}" r="${radius}" fill="hsl(${(index * 47) % 360},60%,${25 + ((index * 17) % 55)}%)"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="g"><stop offset="0" stop-color="#345"/><stop offset="1" stop-color="#cba"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/>${circles.join('')}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: 'white' });
}

async function decoded(picture: Sharp): Promise<Image> {
  const { data, info } = await picture.toColorspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return image(
    info.width,
    info.height,
    (at) => data[Math.floor(at / 3) * info.channels + (info.channels < 3 ? 0 : at % 3)]!,
  );
}

/** Features of the scene after a treatment, in the order of the names. */
async function compare(
  treat: (picture: Sharp) => Sharp | Promise<Sharp>,
  ...names: string[]
): Promise<Array<{ name: string; before: number; after: number }>> {
  const before = handFeatures(await decoded(scene()));
  const after = handFeatures(await decoded(await treat(scene())));
  return names.map((name) => ({ name, before: before.get(name)!, after: after.get(name)! }));
}

async function throughJpeg(picture: Sharp, quality: number): Promise<Sharp> {
  return sharp(await picture.jpeg({ quality }).toBuffer());
}

/** Seeded grain. */
async function grainy(picture: Sharp, strength: number): Promise<Sharp> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  let state = 1;
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[at] = Math.min(255, Math.max(0, data[at]! + strength * (state / 2 ** 31 - 1)));
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
}

describe('handFeatures', () => {
  it('finds less sharpness after a blur', async () => {
    const names = [
      'sharpness.laplacian',
      'sharpness.octave1.edges',
      'sharpness.gradient.p99',
      'sharpness.tile.p90',
      'sharpness.reblur.h',
      'sharpness.reblur.v',
    ];
    const compared = await compare((picture) => picture.blur(3), ...names);
    expect(compared.filter(({ before, after }) => !(after < before))).toEqual([]);
  });

  it('distinguishes horizontal and vertical blur', async () => {
    const kernel = [...Array<number>(9).fill(0), ...Array<number>(9).fill(1), ...Array<number>(9).fill(0)];
    const shake = (picture: Sharp): Sharp => picture.convolve({ width: 9, height: 3, kernel });
    const [across, down] = await compare(shake, 'sharpness.reblur.h', 'sharpness.reblur.v');
    expect(across!.before).toBeCloseTo(down!.before, 1);
    expect(across!.after).toBeLessThan(down!.after - 0.1);
  });

  it('finds more noise in grain', async () => {
    const names = ['noise.immerkaer', 'noise.donoho', 'noise.luma.p5', 'noise.blue.p5', 'noise.red.p5'];
    const compared = await compare((picture) => grainy(picture, 20), ...names);
    expect(compared.filter(({ before, after }) => !(after > before + 0.5))).toEqual([]);
  });

  it('estimates the strength of noise', () => {
    // Uniform noise of -20..20 on gray has a standard deviation of 20 / sqrt(3) = 11.5.
    let state = 1;
    const features = handFeatures(
      image(256, 256, (at) => {
        if (at % 3 === 0) state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return 128 + 20 * (state / 2 ** 31 - 1);
      }),
    );
    expect(Math.exp(features.get('noise.immerkaer')!)).toBeCloseTo(11.5, 0);
    expect(Math.exp(features.get('noise.donoho')!)).toBeCloseTo(11.5, -0.5);
  });

  it('finds blocks after a coarse JPEG compression, wherever the grid starts', async () => {
    const names = ['blockiness.h.grid', 'blockiness.v.grid'];
    const moved = (picture: Sharp): Promise<Sharp> =>
      throughJpeg(picture, 10).then(async (small) =>
        sharp(await small.extract({ left: 3, top: 5, width: 300, height: 220 }).png().toBuffer()),
      );
    for (const treat of [(picture: Sharp) => throughJpeg(picture, 10), moved]) {
      const compared = await compare(treat, ...names);
      expect(compared.filter(({ before, after }) => !(after > before + 0.1))).toEqual([]);
    }
  });

  it('measures what is dark, white and colorless', async () => {
    const [black] = await compare((picture) => picture.linear(0.2, 0), 'tone.dark');
    expect(black!.after).toBe(1);
    const [white] = await compare((picture) => picture.linear(3, 0), 'tone.white');
    expect(white!.after).toBeGreaterThan(white!.before + 0.3);
    const [colorless] = await compare((picture) => picture.grayscale(), 'color.colorfulness');
    expect(colorless!.after).toBe(0);
  });

  it('is finite for any image, and always has the same features', () => {
    const names = [...handFeatures(image(9, 9, () => 7)).keys()];
    const pixel = fc.oneof(fc.constant(0), fc.constant(255), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(pixel, { minLength: 1, maxLength: 50 }),
        (width, height, values) => {
          const features = handFeatures(image(width, height, (at) => values[at % values.length]!));
          expect([...features.keys()]).toEqual(names);
          expect([...features].filter(([, value]) => !Number.isFinite(value))).toEqual([]);
        },
      ),
    );
  });

  it('measures a large image at the working size, and a small one as it is', () => {
    const { luma } = workingImage(image(3000, 2000, () => 9));
    expect(luma.width * luma.height).toBeLessThanOrEqual(1.01 * workingPixels);
    expect(luma.width / luma.height).toBeCloseTo(1.5, 1);
    expect(workingImage(image(511, 512, () => 9)).luma).toMatchObject({ width: 511, height: 512 });
  });
});
