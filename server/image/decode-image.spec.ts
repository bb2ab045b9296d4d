import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../test/fixtures.js';
import { decodeImage, readHeader } from './decode-image.js';

const limit = 20_000_000;

/** Left half red, right half blue. */
async function halves(width = 40, height = 20): Promise<Buffer> {
  const rgb = Buffer.alloc(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) rgb[3 * pixel + (pixel % width < width / 2 ? 0 : 2)] = 255;
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

describe('decodeImage', () => {
  // Position of the red half for the eight orientations of the EXIF specification.
  it.each([
    [1, 'left'],
    [2, 'right'],
    [3, 'right'],
    [4, 'left'],
    [5, 'top'],
    [6, 'top'],
    [7, 'bottom'],
    [8, 'bottom'],
  ])('applies EXIF orientation %i: red is at the %s', async (orientation, side) => {
    const oriented = await sharp(await halves())
      .withMetadata({ orientation })
      .jpeg({ quality: 100 })
      .toBuffer();
    const { width, height, rgb } = await decodeImage(oriented, limit);
    expect([width, height]).toEqual(orientation < 5 ? [40, 20] : [20, 40]);
    const redAt = (x: number, y: number): boolean => rgb[3 * (y * width + x)]! > 200;
    const isRed = {
      left: redAt(2, height >> 1) && !redAt(width - 3, height >> 1),
      right: !redAt(2, height >> 1) && redAt(width - 3, height >> 1),
      top: redAt(width >> 1, 2) && !redAt(width >> 1, height - 3),
      bottom: !redAt(width >> 1, 2) && redAt(width >> 1, height - 3),
    };
    expect(Object.entries(isRed).filter(([, is]) => is)).toEqual([[side, true]]);
  });

  it('composites transparency over white', async () => {
    const { rgb } = await decodeImage(fixture('transparent.png'), limit);
    expect(new Set(rgb)).toEqual(new Set([255]));
  });

  it('decodes a row as long as a side may be, and none that is longer', async () => {
    const row = (width: number): Promise<Buffer> =>
      sharp(Buffer.alloc(width), { raw: { width, height: 1, channels: 1 } })
        .png()
        .toBuffer();
    await expect(decodeImage(await row(65_535), limit)).resolves.toMatchObject({ width: 65_535, height: 1 });
    await expect(decodeImage(await row(65_536), limit)).rejects.toMatchObject({
      reason: 'IMAGE_TOO_LONG',
      message: 'The image has 65536 x 1 pixels; the limit of its sides is 65535',
    });
  });

  it.each(['gray-16-bit.png', 'cmyk.jpg', 'english.png'])('decodes %s to three bytes per pixel', async (name) => {
    const { width, height, rgb } = await decodeImage(fixture(name), limit);
    expect([width, height, rgb.length]).toEqual([900, 292, 3 * 900 * 292]);
    expect(rgb.at(0)).toBeGreaterThan(250);
    expect(Math.min(...rgb.subarray(3 * 900 * 50, 3 * 900 * 80))).toBeLessThan(60);
  });

  it.each([
    ['a truncated JPEG', fixture('mixed.jpg').subarray(0, 9000)],
    ['a truncated PNG', fixture('english.png').subarray(0, 3000)],
    ['a PNG of which the header alone is there', fixture('english.png').subarray(0, 33)],
  ])('rejects %s', async (_name, content) => {
    await expect(decodeImage(content, limit)).rejects.toMatchObject({ reason: 'IMAGE_UNREADABLE' });
  });

  it('rejects a JPEG whose scan is damaged', async () => {
    const content = fixture('mixed.jpg');
    // A restart marker in the wrong place.
    for (let at = 5000; at < 5200; at += 2) content.writeUInt16BE(0xffd3, at);
    const error: unknown = await decodeImage(content, limit).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: 'IMAGE_UNREADABLE' });
  });
});

describe('readHeader', () => {
  it('rejects an image by its header, before decoding', () => {
    // A PNG that claims 4 billion pixels and has none.
    const content = fixture('english.png').subarray(0, 33);
    content.writeUInt32BE(65_000, 16);
    content.writeUInt32BE(65_000, 20);
    expect(() => readHeader(content, limit)).toThrow('65000 x 65000 = 4225000000 pixels');
    expect(() => readHeader(fixture('too-large.png'), limit)).toThrow('pixels; the limit is 20000000');
    expect(() => readHeader(fixture('too-large.png'), 20_004_000)).not.toThrow();
  });

  it.each([
    ['nothing', '', 'content is empty'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'neither JPEG nor PNG'],
    ['a GIF', 'GIF89a', 'neither JPEG nor PNG'],
    ['the first bytes of a JPEG', '\u00ff\u00d8\u00ff', "Can't decode Image: its header has no image size"],
  ])('rejects %s', (_name, text, problem) => {
    expect(() => readHeader(Buffer.from(text, 'latin1'), limit)).toThrow(problem);
  });

  it('decodes no other formats, even if their bytes are valid', async () => {
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
    await expect(sharp(gif).metadata()).rejects.toThrow('unsupported image format');
  });
});
