import type { Luma } from './luma.js';

/** Resizes with a triangle filter, widened when shrinking so that every pixel counts. */
export function resizeLuma(luma: Luma, width: number, height: number): Luma {
  if (width === luma.width && height === luma.height) return luma;
  const narrow = new Float32Array(luma.height * width);
  const across = filterOf(luma.width, width);
  for (let y = 0; y < luma.height; y++) {
    for (let x = 0, tap = 0, to = y * width; x < width; x++, to++) {
      let sum = 0;
      for (let end = across.ends[x]!, from = y * luma.width + across.first[x]!; tap < end; tap++, from++) {
        sum += across.weights[tap]! * luma.data[from]!;
      }
      narrow[to] = sum;
    }
  }
  const data = new Float32Array(width * height);
  const down = filterOf(luma.height, height);
  for (let y = 0, tap = 0; y < height; y++) {
    const to = y * width;
    for (let end = down.ends[y]!, row = down.first[y]!; tap < end; tap++, row++) {
      const weight = down.weights[tap]!;
      for (let x = 0, from = row * width; x < width; x++, from++) data[to + x]! += weight * narrow[from]!;
    }
  }
  return { width, height, data };
}

/** Where each target position begins to read, and its weights: those up to its end that are not of the one before. */
interface Filter {
  readonly first: Int32Array;
  readonly ends: Int32Array;
  readonly weights: Float32Array;
}

function filterOf(length: number, target: number): Filter {
  const scale = length / target;
  const radius = Math.max(1, scale);
  const first = new Int32Array(target);
  const ends = new Int32Array(target);
  const weights: number[] = [];
  for (let position = 0; position < target; position++) {
    const centre = (position + 0.5) * scale - 0.5;
    const start = Math.max(0, Math.ceil(centre - radius));
    const end = Math.min(length - 1, Math.floor(centre + radius));
    const own = Array.from({ length: end - start + 1 }, (_, index) => 1 - Math.abs(start + index - centre) / radius);
    const total = own.reduce((sum, weight) => sum + weight, 0);
    first[position] = start;
    for (const weight of own) weights.push(weight / total);
    ends[position] = weights.length;
  }
  return { first, ends, weights: Float32Array.from(weights) };
}
