import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { mulberry32 } from '../../server/features/image-copy-search/local-features/seeded-random.js';

/**
 * Draws a picture that has something of a photo: a sky, hundreds of overlapping shapes of all sizes, and grain. The same
 * seed gives the same picture, another one a picture that is no copy of it.
 */
export function drawPicture(seed: number, width = 640, height = 480): Sharp {
  const random = mulberry32(seed);
  const rgb = new Uint8Array(3 * width * height);
  const [top, bottom] = [color(random), color(random)];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      for (let channel = 0; channel < 3; channel++) {
        rgb[at + channel] = top[channel]! + ((bottom[channel]! - top[channel]!) * y) / height;
      }
    }
  }
  for (let shape = 0; shape < 260; shape++) {
    const radius = 4 + 90 * random() ** 3;
    const [cx, cy, flat, angle] = [random() * width, random() * height, 0.3 + random(), random() * Math.PI];
    const [paint, isRound] = [color(random), random() < 0.5];
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const reach = radius * 1.5;
    for (let y = Math.max(0, Math.floor(cy - reach)); y < Math.min(height, cy + reach); y++) {
      for (let x = Math.max(0, Math.floor(cx - reach)); x < Math.min(width, cx + reach); x++) {
        const u = (x - cx) * cos + (y - cy) * sin;
        const v = ((y - cy) * cos - (x - cx) * sin) / flat;
        const inside = isRound ? u * u + v * v < radius * radius : Math.max(Math.abs(u), Math.abs(v)) < radius * 0.8;
        if (inside) rgb.set(paint, 3 * (y * width + x));
      }
    }
  }
  for (let at = 0; at < rgb.length; at++) rgb[at] = Math.max(0, Math.min(255, rgb[at]! + (random() - 0.5) * 24));
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

function color(random: () => number): [number, number, number] {
  return [255 * random(), 255 * random(), 255 * random()];
}
