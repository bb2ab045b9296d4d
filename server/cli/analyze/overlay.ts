import { createRequire } from 'node:module';
import sharp, { type OverlayOptions } from 'sharp';
import type { Polygon } from '../../../gen/yandex/cloud/ai/vision/v1/primitives.js';
import type { FeatureResult } from '../../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { Outline, Overlay } from '../../features/feature.js';
import { features } from '../../features/features.js';
import { decodeImage } from '../../image/decode-image.js';
import type { Image } from '../../image/image.js';
import type { OverlayFormat } from './overlay-target.js';

/** So that the machine needs no fonts. */
const fontfile = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
/** Pixels of the longer side of an image for one of the pen. */
const sidePerPen = 500;

/** Quality of JPEG, at which outlines of one pixel stay sharp. */
const quality = 90;

/**
 * The image as a file, with what was found in it outlined: blocks and lines of text, words, faces. Where there is text,
 * what was read is written beside it on a page of the same size, each line at its place.
 */
export async function drawOverlay(
  content: Uint8Array,
  results: readonly FeatureResult[],
  format: OverlayFormat,
): Promise<Buffer> {
  const image = await decodeImage(content, Number.MAX_SAFE_INTEGER);
  const pen = Math.max(1, Math.round(Math.max(image.width, image.height) / sidePerPen));
  const { outlines, texts } = overlaysOf(results);
  for (const { polygon, color } of outlines) drawPolygon(image, polygon, color, pen);
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  const outlined = sharp(image.rgb, { raw, limitInputPixels: false });
  const written = await Promise.all(texts.map(({ text, polygon }) => drawText(text, polygon, image)));
  const drawn = written.filter((each) => each !== undefined);
  const whole =
    drawn.length === 0 ? outlined : outlined.extend({ right: image.width, background: 'white' }).composite(drawn);
  return (format === 'png' ? whole.png() : whole.jpeg({ quality, chromaSubsampling: '4:4:4' })).toBuffer();
}

/** Text as large as its polygon on the image, to the right of the image. */
async function drawText(
  text: string,
  polygon: Polygon | undefined,
  { width, height }: Image,
): Promise<OverlayOptions | undefined> {
  const xs = polygon?.vertices.map(({ x }) => Number(x)) ?? [];
  const ys = polygon?.vertices.map(({ y }) => Number(y)) ?? [];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const size = { width: Math.min(width, Math.max(...xs)) - left, height: Math.min(height, Math.max(...ys)) - top };
  if (text.trim() === '' || size.width < 1 || size.height < 1) return undefined;
  const markup = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const input = await sharp({ text: { text: markup, font: 'DejaVu Sans', fontfile, rgba: true, ...size } })
    .png()
    .toBuffer();
  return { input, left: width + left, top };
}

/** Everything that the features of an image have to draw. */
function overlaysOf(results: readonly FeatureResult[]): Overlay {
  const found = results.flatMap(({ feature }) => feature ?? []);
  const overlays = Object.values(features).flatMap(({ overlay }) => found.map(overlay));
  return {
    outlines: overlays.flatMap(({ outlines }) => outlines),
    texts: overlays.flatMap(({ texts }) => texts),
  };
}

function drawPolygon(image: Image, polygon: Polygon | undefined, color: Outline['color'], pen: number): void {
  const corners = (polygon?.vertices ?? []).map(({ x, y }) => ({ x: Number(x), y: Number(y) }));
  for (const [index, from] of corners.entries()) {
    const to = corners[(index + 1) % corners.length]!;
    const steps = Math.max(1, Math.abs(to.x - from.x), Math.abs(to.y - from.y));
    for (let step = 0; step <= steps; step++) {
      const x = Math.round(from.x + ((to.x - from.x) * step) / steps);
      const y = Math.round(from.y + ((to.y - from.y) * step) / steps);
      drawDot(image, x, y, color, pen);
    }
  }
}

/** A square of the pen around a point, as far as it lies within the image. */
function drawDot({ width, height, rgb }: Image, x: number, y: number, color: Outline['color'], pen: number): void {
  const left = x - Math.floor(pen / 2);
  const top = y - Math.floor(pen / 2);
  for (let row = Math.max(0, top); row < Math.min(height, top + pen); row++) {
    for (let column = Math.max(0, left); column < Math.min(width, left + pen); column++) {
      rgb.set(color, 3 * (row * width + column));
    }
  }
}
