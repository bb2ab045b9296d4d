import type { WorkingImage } from './plane.js';
import { entropy, moments } from './statistics.js';

const rootOfThree = Math.sqrt(3);

/** Colorfulness, saturation, color casts, and the variety of hues. */
export function color({ rgb, blueDifference, redDifference }: WorkingImage): Record<string, number> {
  const pixels = rgb.length / 3;
  const [redGreen, yellowBlue, saturation] = [
    new Float32Array(pixels),
    new Float32Array(pixels),
    new Float32Array(pixels),
  ];
  const hues = new Float64Array(24);
  const colors = new Uint32Array(4096);
  let grayPixels = 0;
  for (let at = 0, from = 0; at < pixels; at++, from += 3) {
    const red = rgb[from]!;
    const green = rgb[from + 1]!;
    const blue = rgb[from + 2]!;
    redGreen[at] = red - green;
    yellowBlue[at] = (red + green) / 2 - blue;
    const max = Math.max(red, green, blue);
    const min = Math.min(red, green, blue);
    saturation[at] = (max - min) / (max + 1);
    if (max - min < 0.1 * max) grayPixels++;
    const hue = Math.atan2(rootOfThree * (green - blue), 2 * red - green - blue) / (2 * Math.PI) + 0.5;
    // Weighted by chroma, since gray has no hue.
    hues[Math.min(hues.length - 1, Math.floor(hue * hues.length))]! += max - min;
    colors[((red >> 4) << 8) | ((green >> 4) << 4) | (blue >> 4)]!++;
  }
  const [rg, yb, s] = [moments(redGreen), moments(yellowBlue), moments(saturation)];
  const [cb, cr] = [moments(blueDifference.data), moments(redDifference.data)];
  return {
    // "Measuring colorfulness in natural images" (Hasler, Suesstrunk, SPIE 5007, 2003).
    colorfulness: Math.hypot(rg.deviation, yb.deviation) + 0.3 * Math.hypot(rg.mean, yb.mean),
    'saturation.mean': s.mean,
    'saturation.deviation': s.deviation,
    'blue.mean': cb.mean,
    'blue.deviation': cb.deviation,
    'red.mean': cr.mean,
    'red.deviation': cr.deviation,
    hues: entropy(hues),
    colors: entropy(colors),
    gray: grayPixels / pixels,
  };
}
