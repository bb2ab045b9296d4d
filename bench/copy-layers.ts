import sharp from 'sharp';
import { drawTexts, stacked } from '../datasets/drawn/draw-text.js';

/** What is laid over photos, and what photos are laid over. */
export interface Layers {
  readonly caption: Buffer;
  readonly logo: Buffer;
  readonly sticker: Buffer;
  readonly memeText: Buffer;
  readonly phone: Buffer;
  readonly page: Buffer;
}

let drawn: Promise<Layers> | undefined;

/** Drawn once a process. */
export function layers(): Promise<Layers> {
  return (drawn ??= drawLayers());
}

async function drawLayers(): Promise<Layers> {
  // The server's decoder forbids it to the whole process; the only SVG here is our own.
  sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] });
  return {
    caption: await textLayer(['WHEN IT IS', 'MONDAY AGAIN'], 60, '#fff', '#000'),
    logo: await shapeLayer(
      '<circle cx="100" cy="100" r="95" fill="#d22"/><path d="M60 40 L160 100 L60 160 Z" fill="#fff"/>',
    ),
    sticker: await shapeLayer(
      '<circle cx="100" cy="100" r="98" fill="#fc3"/><circle cx="65" cy="75" r="13"/><circle cx="135" cy="75" r="13"/><path d="M45 115 Q100 185 155 115 Z" fill="#922"/>',
    ),
    memeText: await textLayer(['one does not simply', 'recompress a photo'], 40, '#000', 'none'),
    phone: await phonePage(),
    page: await webPage(),
  };
}

async function textLayer(lines: readonly string[], size: number, fill: string, edge: string): Promise<Buffer> {
  const text = await drawTexts(900, 60 + Math.round(lines.length * size * 1.8), stacked(lines, size, 30))
    .grayscale()
    .negate()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = text.info;
  const mask = await sharp(text.data, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
  const ink = (color: string, alpha: Buffer): Promise<Buffer> =>
    sharp({ create: { width, height, channels: 3, background: color } })
      .joinChannel(alpha)
      .png()
      .toBuffer();
  const letters = await ink(fill, mask);
  if (edge === 'none') return letters;
  const outline = await ink(edge, await sharp(mask).dilate(4).png().toBuffer());
  return sharp(outline)
    .composite([{ input: letters }])
    .png()
    .toBuffer();
}

function shapeLayer(shapes: string): Promise<Buffer> {
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">${shapes}</svg>`))
    .png()
    .toBuffer();
}

function phonePage(): Promise<Buffer> {
  const lines = [
    { text: '12:47', x: 24, y: 38, size: 22 },
    { text: 'some_user', x: 96, y: 190, size: 26 },
    { text: 'Somewhere by the sea', x: 96, y: 220, size: 18 },
    { text: '1,284 likes', x: 24, y: 930, size: 22 },
    { text: 'some_user What a day! #nofilter #holiday', x: 24, y: 970, size: 20 },
    { text: 'View all 57 comments', x: 24, y: 1010, size: 20 },
  ];
  return drawTexts(540, 1170, lines).png().toBuffer();
}

function webPage(): Promise<Buffer> {
  const words =
    'the council met on tuesday to discuss how the old harbour may be used and who is going to pay for it'.split(' ');
  const lines = Array.from({ length: 26 }, (_, index) => ({
    text: words.slice((index * 5) % 12, ((index * 5) % 12) + 4).join(' '),
    x: 920,
    y: 190 + index * 24,
    size: 15,
  }));
  const title = { text: 'Harbour plans stir up the town again', x: 260, y: 130, size: 38 };
  const menu = ['News', 'Sports', 'Culture', 'Weather', 'Opinion', 'Jobs'].map((text, index) => ({
    text,
    x: 40,
    y: 190 + index * 40,
    size: 20,
  }));
  return drawTexts(1280, 860, [title, { text: 'The Daily Example', x: 40, y: 56, size: 34 }, ...menu, ...lines])
    .png()
    .toBuffer();
}
