import sharp, { type Sharp } from 'sharp';
import { mulberry32 } from '../../server/features/image-copy-search/local-features/seeded-random.js';
import { drawFaces } from './draw-faces.js';
import { drawTexts, type DrawnText } from './draw-text.js';
import { flatProgressiveJpeg } from './progressive-jpeg.js';

/** An image within the limits of the server that is as much work as possible. */
export interface HostileImage {
  readonly name: string;
  /** Draws the same file in every run. */
  readonly draw: () => Promise<Buffer>;
}

/** Seed of all that is random in the drawings. */
const seed = 20_261_201;
const words =
  'the quick brown fox jumps over lazy dogs while nine wizards pack five dozen jugs of liquor and count boxes'.split(
    ' ',
  );

/** A server's worst day. Most are near the limit of 20 megapixels. */
export const hostileImages: readonly HostileImage[] = [
  { name: 'strip of print, 305 x 65,000', draw: async () => inColors(await stripOfPrint()) },
  { name: 'row of print, 65,000 x 305', draw: async () => inColors((await stripOfPrint()).rotate(90)) },
  { name: 'page of some 5,000 lines', draw: async () => inColors(await pageOfPrint(4400, 4500, 13)) },
  { name: 'list of 2 x 3,700 short lines', draw: async () => inColors(await pageOfPrint(440, 45_000, 2)) },
  { name: 'noise', draw: async () => jpeg(pattern(4400, 4500, noise())) },
  { name: 'checkerboard', draw: async () => inColors(pattern(4400, 4500, checkerboard)) },
  { name: 'halftone', draw: async () => inColors(pattern(4400, 4500, halftone)) },
  { name: 'dashes', draw: async () => inColors(pattern(4400, 4500, dashes)) },
  { name: '2,000 faces', draw: async () => jpeg(await tiledFaces(4400, 4400)) },
  { name: 'progressive JPEG in 100 scans', draw: async () => flatProgressiveJpeg(4472, 4472, 100) },
  { name: 'progressive JPEG of noise', draw: async () => jpeg(pattern(4400, 4500, noise()), true) },
  { name: 'interlaced PNG, 16 bits, alpha', draw: async () => deepPng(4400, 4500) },
  { name: 'row of 65,535 x 1', draw: async () => inColors(pattern(65_535, 1, noise())) },
];

/** Of so many colors as the pattern has, which keeps files below the limit of the API. */
function inColors(image: Sharp): Promise<Buffer> {
  return image.png({ palette: true, colors: 16, effort: 1 }).toBuffer();
}

function jpeg(image: Sharp, progressive = false): Promise<Buffer> {
  return image.jpeg({ quality: 40, progressive }).toBuffer();
}

/** Lines of print of 11 pixels, in a strip that is as long as a file may be. */
function stripOfPrint(): Promise<Sharp> {
  const [width, tile] = [305, 1000];
  const random = mulberry32(seed);
  const texts: DrawnText[] = [];
  for (let y = 16; y < tile; y += 15) texts.push({ text: lineOf(random, 40), x: 8, y, size: 11 });
  return oneBelowAnother(drawTexts(width, tile, texts), width, tile, 65);
}

/** Columns of print of 9 pixels, all over a page. */
function pageOfPrint(width: number, height: number, columns: number): Promise<Sharp> {
  const tile = 500;
  const random = mulberry32(seed);
  const texts: DrawnText[] = [];
  const columnWidth = width / columns;
  for (let y = 14; y < tile; y += 12) {
    for (let column = 0; column < columns; column++) {
      const text = lineOf(random, Math.floor((columnWidth - 40) / 6));
      texts.push({ text, x: 8 + column * columnWidth, y, size: 9 });
    }
  }
  return oneBelowAnother(drawTexts(width, tile, texts), width, tile, height / tile);
}

function lineOf(random: () => number, letters: number): string {
  let text = '';
  for (;;) {
    const word = words[Math.floor(random() * words.length)]!;
    if (text.length + word.length > letters) return text === '' ? word.slice(0, letters) : text.trimEnd();
    text += `${word} `;
  }
}

/** Repeats a drawing. Drawing all of it takes minutes. */
async function oneBelowAnother(drawing: Sharp, width: number, height: number, times: number): Promise<Sharp> {
  const pixels = await drawing.removeAlpha().toColourspace('srgb').raw().toBuffer();
  const rgb = Buffer.concat(Array<Buffer>(times).fill(pixels));
  return sharp(rgb, { raw: { width, height: height * times, channels: 3 } });
}

type Brightness = (x: number, y: number) => number;

function pattern(width: number, height: number, brightness: Brightness): Sharp {
  const gray = Buffer.alloc(width * height);
  for (let y = 0, at = 0; y < height; y++) for (let x = 0; x < width; x++, at++) gray[at] = brightness(x, y);
  return sharp(gray, { raw: { width, height, channels: 1 } });
}

function noise(): Brightness {
  const random = mulberry32(seed);
  return () => (random() < 0.5 ? 0 : 255);
}

const checkerboard: Brightness = (x, y) => 255 * (((x >> 2) ^ (y >> 2)) & 1);

/** Dots that look like letters at every scale. */
const halftone: Brightness = (x, y) =>
  ((x % 12) - 6) ** 2 + ((y % 12) - 6) ** 2 < 18 + 12 * Math.sin(x / 90) ? 0 : 255;

/** Short strokes in rows, like lines of print. */
const dashes: Brightness = (x, y) => (y % 16 < 9 && x % 50 < 38 && (x * 7 + (y >> 4) * 13) % 6 < 3 ? 0 : 255);

function tiledFaces(width: number, height: number): Promise<Sharp> {
  const [size, step] = [0.55, 98];
  const faces = [];
  for (let x = step / 2; x < width; x += step) faces.push({ x, y: step / 2, size });
  return oneBelowAnother(drawFaces(width, step, faces), width, step, Math.floor(height / step));
}

/** Colors and transparency that change from row to row: the file is small, its pixels take 160 MB. */
function deepPng(width: number, height: number): Promise<Buffer> {
  const samples = new Uint16Array(4 * width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) samples.set([y << 3, y << 2, 65_535 - (y << 3), 65_535 - y], at);
  }
  return sharp(samples, { raw: { width, height, channels: 4 } })
    .toColourspace('rgb16')
    .png({ progressive: true })
    .toBuffer();
}
