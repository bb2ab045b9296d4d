import { createKernel, reserve } from '../../../wasm/kernel.js';
import type { Luma } from './luma.js';

const kernel = createKernel(1);
const floatBytes = 4;
/** Floats that the kernel handles at a time: rows are filled up to a multiple of it. */
const lanes = 4;

/** Resizes with a triangle filter, widened when shrinking so that every pixel counts. */
export function resizeLuma(luma: Luma, width: number, height: number): Luma {
  if (width === luma.width && height === luma.height) return luma;
  // The kernel puts new rows down as columns: once for the height, and again for the width.
  const rowFloats = filled(luma.width);
  const columnFloats = filled(height);
  const turnedAt = rowFloats * luma.height;
  const outAt = turnedAt + columnFloats * rowFloats;
  const filterAt = outAt + width * columnFloats;
  const [down, across] = [filterOf(luma.height, height), filterOf(luma.width, width)];
  reserve(kernel, (filterAt + Math.max(sizeOf(down), sizeOf(across))) * floatBytes);
  const floats = new Float32Array(kernel.memory.buffer);
  for (let y = 0; y < luma.height; y++) {
    floats.set(luma.data.subarray(y * luma.width, (y + 1) * luma.width), y * rowFloats);
  }
  resample(down, filterAt, 0, rowFloats, turnedAt, columnFloats);
  resample(across, filterAt, turnedAt, columnFloats, outAt, width);
  return { width, height, data: floats.slice(outAt, outAt + width * height) };
}

function filled(count: number): number {
  return Math.ceil(count / lanes) * lanes;
}

/** Where all are counted in floats. */
function resample(filter: Filter, filterAt: number, from: number, stride: number, to: number, toStride: number): void {
  const { first, ends, weights } = filter;
  const { buffer } = kernel.memory;
  const [firstAt, endsAt, weightsAt] = [filterAt, filterAt + first.length, filterAt + first.length + ends.length];
  new Int32Array(buffer).set(first, firstAt);
  new Int32Array(buffer).set(ends, endsAt);
  new Float32Array(buffer).set(weights, weightsAt);
  const at = (position: number): number => position * floatBytes;
  kernel.resample(at(from), at(stride), at(firstAt), at(endsAt), at(weightsAt), first.length, at(to), at(toStride));
}

function sizeOf({ first, ends, weights }: Filter): number {
  return first.length + ends.length + weights.length;
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
  const weights = new Float32Array(target * (Math.floor(2 * radius) + 1));
  for (let position = 0, tap = 0; position < target; position++) {
    const center = (position + 0.5) * scale - 0.5;
    const start = Math.max(0, Math.ceil(center - radius));
    const end = Math.min(length - 1, Math.floor(center + radius));
    let total = 0;
    for (let at = start; at <= end; at++) total += 1 - Math.abs(at - center) / radius;
    first[position] = start;
    for (let at = start; at <= end; at++) weights[tap++] = (1 - Math.abs(at - center) / radius) / total;
    ends[position] = tap;
  }
  return { first, ends, weights };
}
