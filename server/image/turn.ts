import type { Image } from './image.js';

/** The image rotated by 90 degrees counterclockwise: what ran down runs to the right. */
export function turnedLeft({ width, height, rgb }: Image): Image {
  const turned = new Uint8Array(new SharedArrayBuffer(rgb.length));
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from += 3) {
      const to = 3 * ((width - 1 - x) * height + y);
      turned[to] = rgb[from]!;
      turned[to + 1] = rgb[from + 1]!;
      turned[to + 2] = rgb[from + 2]!;
    }
  }
  return { width: height, height: width, rgb: turned };
}
