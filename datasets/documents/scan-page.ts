import sharp, { type Sharp } from 'sharp';
import { mulberry32 } from '../../server/features/image-copy-search/local-features/seeded-random.js';
import type { LabeledWord } from '../word-boxes.js';
import type { DocumentPage } from './document-page.js';

/** What a scanner or a fax does to a page. */
export const scanEffects = ['blur', 'noise', 'jpeg', 'skew', 'contrast'] as const;

export type ScanEffect = (typeof scanEffects)[number];

/** Standard deviations in pixels and in levels of 255, quality, degrees and the share of the contrast that is left. */
const strength = { blur: 1, noise: 18, quality: 25, least: 1, most: 3, contrast: 0.35 };

/**
 * Writes a page as a bad scan would show it: blurred, with noise, as a JPEG of low quality, turned by one to three degrees
 * either way, or pale. The same seed gives the same image.
 *
 * @param path of the new image: `.jpg` for `jpeg`, otherwise `.png`
 * @returns the page with the boxes where its words are now, and the effect as its kind
 */
export async function scanPage(
  page: DocumentPage,
  effect: ScanEffect,
  seed: number,
  path: string,
): Promise<DocumentPage> {
  const random = mulberry32(seed);
  const image = sharp(page.path).flatten({ background: 'white' });
  const scanned = { ...page, path, kind: effect };
  if (effect !== 'skew') {
    await (await spoiled[effect](image, random)).toFile(path);
    return scanned;
  }
  const degrees = (strength.least + (strength.most - strength.least) * random()) * (random() < 0.5 ? -1 : 1);
  const { width, height } = await sharp(page.path).metadata();
  const turned = await image.rotate(degrees, { background: 'white' }).toFile(path);
  const turn = turnedBy(degrees, [width / 2, height / 2], [turned.width / 2, turned.height / 2]);
  return { ...scanned, lines: page.lines.map((line) => line.map(turn)) };
}

const spoiled: Readonly<
  Record<Exclude<ScanEffect, 'skew'>, (image: Sharp, random: () => number) => Sharp | Promise<Sharp>>
> = {
  blur: (image) => image.blur(strength.blur),
  jpeg: (image) => image.jpeg({ quality: strength.quality }),
  contrast: (image) => image.linear(strength.contrast, 255 * (1 - strength.contrast) * 0.8),
  noise: async (image, random) => {
    const { data, info } = await image.greyscale().raw().toBuffer({ resolveWithObject: true });
    // The sum of four even numbers has nearly the bell shape of a sensor's noise, and a variance of a third.
    const even = (): number => random() - 0.5;
    for (const [at, value] of data.entries()) {
      const noise = strength.noise * Math.sqrt(3) * (even() + even() + even() + even());
      data[at] = Math.max(0, Math.min(255, Math.round(value + noise)));
    }
    return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  },
};

/** Turns words clockwise about a center that moves, into the upright boxes around them. */
function turnedBy(
  degrees: number,
  [fromX, fromY]: readonly [x: number, y: number],
  [toX, toY]: readonly [x: number, y: number],
): (word: LabeledWord) => LabeledWord {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return ({ text, box: [left, top, right, bottom] }) => {
    const corners = [left, right].flatMap((x) => [top, bottom].map((y) => [x - fromX, y - fromY] as const));
    const xs = corners.map(([x, y]) => toX + x * cos - y * sin);
    const ys = corners.map(([x, y]) => toY + x * sin + y * cos);
    return { text, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
  };
}
