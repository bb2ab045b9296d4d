import type { Image } from './image.js';
import type { Size } from './polygon.js';

/** Where the pixels of a leveled image are in the image that it was made from. */
export interface Leveling extends Size {
  /** Radians clockwise by which what is level in the leveled image is tilted in the other. */
  readonly angle: number;
  /** Pixels of the leveled image for one of the other. */
  readonly scale: number;
}

/** Samples per pixel and axis of an image that shrinks. */
const maxSamples = 3;

/** The image rotated by 90 degrees counterclockwise: what ran down runs to the right. */
export function rotatedCounterclockwise({ width, height, rgb }: Image): Image {
  const rotated = new Uint8Array(new SharedArrayBuffer(rgb.length));
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from += 3) {
      const to = 3 * ((width - 1 - x) * height + y);
      rotated[to] = rgb[from]!;
      rotated[to + 1] = rgb[from + 1]!;
      rotated[to + 2] = rgb[from + 2]!;
    }
  }
  return { width: height, height: width, rgb: rotated };
}

/**
 * The leveled image that has all of an image.
 * @param maxPixels of the leveled image, which is reduced to them
 */
export function levelingOf({ width, height }: Size, angle: number, maxPixels: number): Leveling {
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const [levelWidth, levelHeight] = [width * cos + height * sin, width * sin + height * cos];
  const scale = Math.min(1, Math.sqrt(maxPixels / (levelWidth * levelHeight)));
  const sideOf = (length: number): number => Math.max(1, Math.floor(length * scale));
  return { width: sideOf(levelWidth), height: sideOf(levelHeight), angle, scale };
}

/** The point of the image at a point of the leveled one, both in pixels. */
export function unleveled(
  { width, height }: Size,
  { angle, scale, width: levelWidth, height: levelHeight }: Leveling,
  { x, y }: { readonly x: number; readonly y: number },
): { x: number; y: number } {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [u, v] = [(x - levelWidth / 2) / scale, (y - levelHeight / 2) / scale];
  return { x: width / 2 + u * cos - v * sin, y: height / 2 + u * sin + v * cos };
}

/**
 * The image with what is tilted made level. What is outside the image has the mean color of its corners.
 * @param checkpoint is called for every row, and may throw to end the work
 */
export function leveled(image: Image, leveling: Leveling, checkpoint: () => void = () => {}): Image {
  const { width, height, rgb } = image;
  const { width: levelWidth, height: levelHeight, scale, angle } = leveling;
  const level = new Uint8Array(new SharedArrayBuffer(3 * levelWidth * levelHeight));
  const [red = 0, green = 0, blue = 0] = cornerColor(image);
  const samples = Math.min(maxSamples, Math.ceil(1 / scale));
  const weight = 1 / samples ** 2;
  // From one sample to the next along a row.
  const [stepX, stepY] = [Math.cos(angle) / (scale * samples), Math.sin(angle) / (scale * samples)];
  for (let v = 0; v < levelHeight; v++) {
    checkpoint();
    const row = 3 * v * levelWidth;
    const sums = new Float64Array(3 * levelWidth);
    for (let sampleRow = 0; sampleRow < samples; sampleRow++) {
      const start = unleveled(image, leveling, { x: 0.5 / samples, y: v + (sampleRow + 0.5) / samples });
      for (let sample = 0; sample < samples * levelWidth; sample++) {
        // Pixel centers lie at half coordinates.
        const [x, y] = [start.x + sample * stepX - 0.5, start.y + sample * stepY - 0.5];
        const [left, top] = [Math.floor(x), Math.floor(y)];
        const to = 3 * Math.floor(sample / samples);
        if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) {
          sums[to]! += red;
          sums[to + 1]! += green;
          sums[to + 2]! += blue;
          continue;
        }
        const [fx, fy] = [x - left, y - top];
        const at = 3 * (top * width + left);
        const below = at + 3 * width;
        for (let channel = 0; channel < 3; channel++) {
          const above = rgb[at + channel]! * (1 - fx) + rgb[at + 3 + channel]! * fx;
          const under = rgb[below + channel]! * (1 - fx) + rgb[below + 3 + channel]! * fx;
          sums[to + channel]! += above * (1 - fy) + under * fy;
        }
      }
    }
    for (let index = 0; index < sums.length; index++) level[row + index] = Math.round(sums[index]! * weight);
  }
  return { width: levelWidth, height: levelHeight, rgb: level };
}

function cornerColor({ width, height, rgb }: Image): number[] {
  const corners = [0, width - 1, (height - 1) * width, height * width - 1];
  return [0, 1, 2].map((channel) => corners.reduce((sum, pixel) => sum + rgb[3 * pixel + channel]!, 0) / 4);
}
