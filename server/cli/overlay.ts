import sharp from 'sharp';
import type { Polygon } from '../../gen/yandex/cloud/ai/vision/v1/primitives.js';
import type { FeatureResult } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { decodeImage } from '../image/decode-image.js';
import type { Image } from '../image/image.js';

/** An outline that is drawn over the image. */
interface Outline {
  readonly polygon: Polygon | undefined;
  readonly colour: Colour;
}

type Colour = readonly [red: number, green: number, blue: number];

const colours = { line: [20, 110, 255], word: [0, 190, 90], face: [255, 40, 110] } as const satisfies Record<string, Colour>;
/** Pixels of the longer side of an image for one of the pen. */
const sidePerPen = 500;

/** The image as a PNG file, with what was found in it outlined: lines of text, words, faces. */
export async function drawOverlay(content: Uint8Array, results: readonly FeatureResult[]): Promise<Buffer> {
  const image = await decodeImage(content, Number.MAX_SAFE_INTEGER);
  const pen = Math.max(1, Math.round(Math.max(image.width, image.height) / sidePerPen));
  for (const { polygon, colour } of results.flatMap(outlinesOf)) drawPolygon(image, polygon, colour, pen);
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  return sharp(image.rgb, { raw, limitInputPixels: false }).png().toBuffer();
}

function outlinesOf({ feature }: FeatureResult): Outline[] {
  if (feature?.$case === 'faceDetection') {
    return feature.value.faces.map(({ boundingBox }) => ({ polygon: boundingBox, colour: colours.face }));
  }
  if (feature?.$case !== 'textDetection') return [];
  const lines = feature.value.pages.flatMap(({ blocks }) => blocks.flatMap((block) => block.lines));
  const words = lines.flatMap((line) => line.words);
  return [
    ...lines.map(({ boundingBox }) => ({ polygon: boundingBox, colour: colours.line })),
    ...words.map(({ boundingBox }) => ({ polygon: boundingBox, colour: colours.word })),
  ];
}

function drawPolygon(image: Image, polygon: Polygon | undefined, colour: Colour, pen: number): void {
  const corners = (polygon?.vertices ?? []).map(({ x, y }) => ({ x: Number(x), y: Number(y) }));
  for (const [index, from] of corners.entries()) {
    const to = corners[(index + 1) % corners.length]!;
    const steps = Math.max(1, Math.abs(to.x - from.x), Math.abs(to.y - from.y));
    for (let step = 0; step <= steps; step++) {
      const x = Math.round(from.x + ((to.x - from.x) * step) / steps);
      const y = Math.round(from.y + ((to.y - from.y) * step) / steps);
      drawDot(image, x, y, colour, pen);
    }
  }
}

/** A square of the pen around a point, as far as it lies within the image. */
function drawDot({ width, height, rgb }: Image, x: number, y: number, colour: Colour, pen: number): void {
  const left = x - Math.floor(pen / 2);
  const top = y - Math.floor(pen / 2);
  for (let row = Math.max(0, top); row < Math.min(height, top + pen); row++) {
    for (let column = Math.max(0, left); column < Math.min(width, left + pen); column++) {
      rgb.set(colour, 3 * (row * width + column));
    }
  }
}
