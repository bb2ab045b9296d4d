import sharp from 'sharp';
import { VisionError } from '../errors.js';
import { sniffFormat } from './format.js';
import type { Image } from './image.js';

// Nothing but the two formats of the API may reach a decoder, whatever the bytes claim to be.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer'] });
// Requests rarely repeat an image, so libvips' cache would only hold memory. Requests run side by side: one thread each.
sharp.cache(false);
sharp.concurrency(1);

/** Longest time that libvips may spend on one image. 20 megapixels take some 0.3 s. */
const decodeSeconds = 20;

/** What the header of a file says. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads the header of a JPEG or PNG file without decoding a pixel.
 * @throws VisionError CONTENT_EMPTY, NOT_AN_IMAGE, IMAGE_UNREADABLE or TOO_MANY_PIXELS
 */
export async function readHeader(content: Uint8Array, maxPixels: number): Promise<ImageHeader> {
  if (content.length === 0) throw VisionError.of('CONTENT_EMPTY');
  if (sniffFormat(content) === undefined) throw VisionError.of('NOT_AN_IMAGE');
  const { width, height } = await sharp(content, { limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw unreadable('its header makes no sense');
    });
  const pixels = width * height;
  if (pixels > maxPixels) throw VisionError.of('TOO_MANY_PIXELS', { width, height, pixels, limit: maxPixels });
  return { width, height };
}

/**
 * Decodes a JPEG or PNG file: EXIF orientation applied, colours as sRGB, transparency over white.
 * Damaged files are refused rather than filled up with grey.
 * @throws VisionError IMAGE_UNREADABLE
 */
export async function decodeImage(content: Uint8Array, maxPixels: number): Promise<Image> {
  const { data, info } = await sharp(content, { limitInputPixels: maxPixels, failOn: 'warning' })
    .timeout({ seconds: decodeSeconds })
    .autoOrient()
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw unreadable('it is damaged or cut short');
    });
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * info.width * info.height));
  if (info.channels === 3) rgb.set(data);
  else for (let to = 0, from = 0; to < rgb.length; from += info.channels) {
    for (let channel = 0; channel < 3; channel++) rgb[to++] = data[from + (info.channels < 3 ? 0 : channel)] ?? 0;
  }
  return { width: info.width, height: info.height, rgb };
}

/** What libvips says is not passed on: it keeps one text for the process, which may be about the image of another request. */
function unreadable(problem: string): VisionError {
  return VisionError.of('IMAGE_UNREADABLE', { problem });
}
