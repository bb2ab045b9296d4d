import type { Image } from './image.js';

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
