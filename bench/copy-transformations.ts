import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { layers, type Layers } from './copy-layers.js';

/** A photo that copies are made of. */
export interface Source {
  readonly file: Buffer;
  readonly width: number;
  readonly height: number;
  /** Another photo, for collages. */
  readonly neighbor: Buffer;
  /** Numbers in [0, 1), the same in every run. */
  readonly random: () => number;
}

/** Makes a copy of a photo, as a JPEG or PNG file. */
export type Transformation = (source: Source) => Promise<Buffer>;

const white = { r: 255, g: 255, b: 255 };

/** All ways to make a copy, by name. What is cut off is told in parts of width and height. */
export const transformations: Readonly<Record<string, Transformation>> = {
  ...each([5, 10, 20, 30, 50, 75, 90], (quality) => [
    `jpeg_q${quality}`,
    ({ file }) => sharp(file).jpeg({ quality }).toBuffer(),
  ]),
  ...each([10, 20, 30, 50, 75, 150, 200], (percent) => [
    `resize_${percent}`,
    ({ file, width }) => jpeg(sharp(file).resize({ width: Math.max(8, Math.round((width * percent) / 100)) })),
  ]),
  ...each([75, 133], (percent) => [
    `stretch_${percent}`,
    ({ file, width, height }) =>
      jpeg(sharp(file).resize({ width: Math.round((width * percent) / 100), height, fit: 'fill' })),
  ]),
  ...each([5, 10, 20, 30, 40, 50, 60], (percent) => [
    `crop_${percent}`,
    async (source) => jpeg(crop(source, percent / 100)),
  ]),
  ...each([2, 5, 10, 15, 30, 45], (degrees) => [
    `rot_${degrees}`,
    ({ file }) => jpeg(sharp(file).rotate(degrees, { background: 'white' })),
  ]),
  ...each([90, 180, 270], (degrees) => [`rot_${degrees}`, ({ file }) => jpeg(sharp(file).rotate(degrees))]),
  ...each([5, 15, 30], (degrees) => [`rotcrop_${degrees}`, (source) => rotateWithoutCorners(source, degrees)]),
  flip_h: ({ file }) => jpeg(sharp(file).flop()),
  flip_v: ({ file }) => jpeg(sharp(file).flip()),
  text: (source) => overlaid(source, 'caption', 0.9, 0.5, 0.8),
  logo: (source) => overlaid(source, 'logo', 0.25, 0.85, 0.15),
  emoji_big: (source) => overlaid(source, 'sticker', 0.5, source.random(), source.random()),
  meme_bar: memeBar,
  ...each([1, 2, 4], (sigma) => [`blur_${sigma}`, ({ file }) => jpeg(sharp(file).blur(sigma))]),
  sharpen: ({ file }) => jpeg(sharp(file).sharpen({ sigma: 2 })),
  gray: ({ file }) => jpeg(sharp(file).grayscale()),
  ...each([90, 180], (hue) => [`hue_${hue}`, ({ file }) => jpeg(sharp(file).modulate({ hue }))]),
  ...each([60, 150], (percent) => [
    `bright_${percent}`,
    ({ file }) => jpeg(sharp(file).modulate({ brightness: percent / 100 })),
  ]),
  contrast: ({ file }) => jpeg(sharp(file).linear(1.6, -77)),
  gamma: ({ file }) => jpeg(sharp(file).gamma(2.2)),
  invert: ({ file }) => jpeg(sharp(file).negate()),
  sat_2: ({ file }) => jpeg(sharp(file).modulate({ saturation: 2 })),
  ...each([15, 40], (sigma) => [`noise_${sigma}`, (source) => noise(source, sigma)]),
  ...each([10, 25], (percent) => [
    `pad_${percent}`,
    ({ file, width, height }) => {
      const [x, y] = [Math.round((width * percent) / 100), Math.round((height * percent) / 100)];
      return jpeg(
        sharp(file).extend({ left: x, right: x, top: y, bottom: y, background: percent === 10 ? 'black' : 'white' }),
      );
    },
  ]),
  pad_square: ({ file, width, height }) => {
    const side = Math.max(width, height);
    return jpeg(sharp(file).resize({ width: side, height: side, fit: 'contain', background: 'black' }));
  },
  shot_phone: (source) => screenshot(source, 'phone', { left: 0, top: 240, width: 540, height: 620 }),
  shot_web: (source) => screenshot(source, 'page', { left: 260, top: 180, width: 620, height: 460 }),
  collage2: collage,
  combo_mild: async (source) =>
    jpeg(
      sharp(await transformations['crop_10']!(source))
        .resize({ width: Math.round(source.width * 0.6) })
        .modulate({ brightness: 1.15 }),
      40,
    ),
  combo_hard: async (source) => {
    const cropped = await transformations['crop_20']!(source);
    const turned = await sharp(cropped).flop().rotate(4, { background: 'white' }).toBuffer();
    return overlaidJpeg(turned, 'logo', 0.25, 0.8, 0.2, 30);
  },
};

/** Groups of transformations with the recall that the project wants of each. */
export const groups: ReadonlyArray<{
  readonly name: string;
  readonly pattern: RegExp;
  readonly goal: number | undefined;
}> = [
  { name: 'JPEG, quality 10 and better', pattern: /^jpeg_q(?!5$)/, goal: 0.98 },
  { name: 'resized, 10 to 200 %', pattern: /^resize/, goal: 0.98 },
  { name: 'color and tone', pattern: /^(sharpen|gray|hue|bright|contrast|gamma|sat)/, goal: 0.98 },
  { name: 'noise and blur', pattern: /^(noise|blur)/, goal: 0.98 },
  { name: 'mirrored, right angles', pattern: /^(flip|rot_(90|180|270))/, goal: 0.98 },
  { name: 'padding', pattern: /^(pad|meme)/, goal: 0.98 },
  { name: 'text or logo', pattern: /^(text|logo)/, goal: 0.95 },
  { name: 'cropped by 5 and 10 %', pattern: /^crop_(5|10)$/, goal: 0.95 },
  { name: 'rotated by 2 to 10 degrees', pattern: /^rot_(2|5|10)$/, goal: 0.95 },
  { name: 'cropped by 20 to 50 %', pattern: /^crop_[2-5]0$/, goal: 0.92 },
  { name: 'rotated by 15 to 45 degrees', pattern: /^rot_(15|30|45)$/, goal: 0.9 },
  { name: 'screenshots and collages', pattern: /^(shot|collage)/, goal: 0.75 },
  { name: 'JPEG of quality 5', pattern: /^jpeg_q5$/, goal: undefined },
  { name: 'stretched', pattern: /^stretch/, goal: undefined },
  { name: 'cropped by 60 %', pattern: /^crop_60$/, goal: undefined },
  { name: 'rotated and cropped', pattern: /^rotcrop/, goal: undefined },
  { name: 'large sticker', pattern: /^emoji/, goal: undefined },
  { name: 'inverted', pattern: /^invert/, goal: undefined },
  { name: 'several at once', pattern: /^combo/, goal: undefined },
];

function each<Value>(
  values: readonly Value[],
  make: (value: Value) => [string, Transformation],
): Record<string, Transformation> {
  return Object.fromEntries(values.map(make));
}

function jpeg(image: Sharp, quality = 85): Promise<Buffer> {
  return image.jpeg({ quality }).toBuffer();
}

function crop({ file, width, height, random }: Source, part: number): Sharp {
  const [w, h] = [Math.max(8, Math.round(width * (1 - part))), Math.max(8, Math.round(height * (1 - part)))];
  const box = {
    left: Math.floor(random() * (width - w)),
    top: Math.floor(random() * (height - h)),
    width: w,
    height: h,
  };
  return sharp(file).extract(box);
}

/** The largest part in the middle that has no corner of the background (of the same shape as the photo). */
async function rotateWithoutCorners({ file, width, height }: Source, degrees: number): Promise<Buffer> {
  const angle = (degrees * Math.PI) / 180;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const scale = Math.min(width / (width * cos + height * sin), height / (width * sin + height * cos));
  const [w, h] = [Math.floor(width * scale), Math.floor(height * scale)];
  const { data, info } = await sharp(file).rotate(degrees).toBuffer({ resolveWithObject: true });
  return jpeg(sharp(data).extract({ left: (info.width - w) >> 1, top: (info.height - h) >> 1, width: w, height: h }));
}

function overlaid({ file }: Source, layer: keyof Layers, size: number, x: number, y: number): Promise<Buffer> {
  return overlaidJpeg(file, layer, size, x, y, 85);
}

/** Lays a picture of `size` of the width over the file, its center at `x`, `y`, moved inside. */
async function overlaidJpeg(
  file: Buffer,
  layer: keyof Layers,
  size: number,
  x: number,
  y: number,
  quality: number,
): Promise<Buffer> {
  const { width, height } = await sharp(file).metadata();
  const fitted = await sharp((await layers())[layer])
    .resize({
      width: Math.max(8, Math.round(width * size)),
      height: Math.max(8, Math.round(height * size)),
      fit: 'inside',
    })
    .png()
    .toBuffer({ resolveWithObject: true });
  const place = (all: number, own: number, at: number): number =>
    Math.max(0, Math.min(all - own, Math.round(all * at - own / 2)));
  const overlay = {
    input: fitted.data,
    left: place(width, fitted.info.width, x),
    top: place(height, fitted.info.height, y),
  };
  return jpeg(sharp(file).composite([overlay]), quality);
}

async function memeBar({ file, width, height }: Source): Promise<Buffer> {
  const bar = Math.round(height * 0.22);
  const text = await sharp((await layers()).memeText)
    .resize({ width: Math.round(width * 0.9), height: bar - 4, fit: 'inside' })
    .png()
    .toBuffer();
  return jpeg(
    sharp(file)
      .extend({ top: bar, background: 'white' })
      .composite([{ input: text, left: 4, top: 2 }]),
  );
}

async function noise({ file, random }: Source, sigma: number): Promise<Buffer> {
  const { data, info } = await sharp(file)
    .toColorspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  for (let at = 0; at < data.length; at++) {
    // Three uniform numbers make a bell that is near enough to the normal one.
    const bell = (random() + random() + random() - 1.5) * 2;
    data[at] = Math.max(0, Math.min(255, data[at]! + bell * sigma));
  }
  return jpeg(sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } }));
}

async function screenshot(
  { file }: Source,
  screen: 'phone' | 'page',
  box: { left: number; top: number; width: number; height: number },
): Promise<Buffer> {
  const { data, info } = await sharp(file)
    .resize({ width: box.width, height: box.height, fit: 'inside' })
    .toBuffer({ resolveWithObject: true });
  const left = box.left + ((box.width - info.width) >> 1);
  return jpeg(sharp((await layers())[screen]).composite([{ input: data, left, top: box.top }]));
}

async function collage({ file, neighbor }: Source): Promise<Buffer> {
  const height = 400;
  const parts = await Promise.all(
    [file, neighbor].map((input) =>
      sharp(input).resize({ height }).toColorspace('srgb').toBuffer({ resolveWithObject: true }),
    ),
  );
  let left = 0;
  const photos = parts.map(({ data, info }): OverlayOptions => {
    const layer = { input: data, left, top: 0 };
    left += info.width;
    return layer;
  });
  return jpeg(sharp({ create: { width: left, height, channels: 3, background: white } }).composite(photos));
}
