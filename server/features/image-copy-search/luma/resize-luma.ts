import { createCopySearchKernel, reserve } from '../../../wasm/kernel.js';
import type { Luma } from './luma.js';

const kernel = createCopySearchKernel(1);
const floatBytes = 4;
/** Floats that the kernel processes at a time. Rows are padded to a multiple of it. */
const lanes = 4;

/** Resizes with a triangle filter, widened when downscaling so that every pixel counts. */
export function resizeLuma(luma: Luma, width: number, height: number): Luma {
  if (width === luma.width && height === luma.height) return luma;
  // The kernel writes its output transposed: the first pass resizes the height, the second the width.
  const rowFloats = padded(luma.width);
  const columnFloats = padded(height);
  const transposedAt = rowFloats * luma.height;
  const outAt = transposedAt + columnFloats * rowFloats;
  const filterAt = outAt + width * columnFloats;
  const [down, across] = [filterOf(luma.height, height), filterOf(luma.width, width)];
  reserve(kernel, (filterAt + Math.max(sizeOf(down), sizeOf(across))) * floatBytes);
  const floats = new Float32Array(kernel.memory.buffer);
  for (let y = 0; y < luma.height; y++) {
    floats.set(luma.data.subarray(y * luma.width, (y + 1) * luma.width), y * rowFloats);
  }
  resample(down, filterAt, 0, rowFloats, transposedAt, columnFloats);
  resample(across, filterAt, transposedAt, columnFloats, outAt, width);
  return { width, height, data: floats.slice(outAt, outAt + width * height) };
}

function padded(count: number): number {
  return Math.ceil(count / lanes) * lanes;
}

/** Runs the kernel. All positions and strides are in floats. */
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

/**
 * For each target position the first source position and the end of its weights, which begin where the previous ones
 * end.
 */
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
