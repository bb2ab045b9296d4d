import { kernelBytes } from './kernel-bytes.js';

/**
 * The inner loops of copy search, with a memory of their own. kernel.wat documents them. All addresses are in bytes;
 * those that find something write it to `out` and return its number.
 */
export interface CopySearchKernel {
  readonly memory: WebAssembly.Memory;
  /**
   * Rows of 32-byte hashes within `limit` bits of the query or its inverse, in any of four flips: `row << 16 |
   * distance`.
   */
  readonly scanHashes: (rows: number, count: number, query: number, limit: number, out: number) => number;
  /**
   * Rows of 16 bytes within the limits of any of four queries: 5 ints each, the row and its distance to every query.
   */
  readonly scanSigns: (rows: number, count: number, queries: number, limits: number, out: number) => number;
  /** The nearest of the 32-byte descriptors b for each of a: `distance << 16 | index`, or -1 where b is empty. */
  readonly matchNearest: (a: number, countA: number, b: number, countB: number, out: number) => void;
  /**
   * Corners of FAST-9 in a grayscale picture: the position of each as an int. `circle` are the offsets of the circle's
   * 16 pixels, and the first 8 again.
   */
  readonly findCorners: (
    pixels: number,
    width: number,
    height: number,
    border: number,
    threshold: number,
    circle: number,
    out: number,
  ) => number;
  /**
   * Blurs bytes along an axis whose neighbors are `step` apart. Reads three steps beyond both ends, and up to 7 bytes
   * more.
   */
  readonly blur: (from: number, length: number, step: number, out: number) => void;
  /**
   * Writes `target` weighted sums of rows of floats, transposed: every sum becomes a column. Strides are bytes, that of
   * the input a multiple of 16; as many rows are written as it has floats.
   */
  readonly resample: (
    rows: number,
    stride: number,
    first: number,
    ends: number,
    weights: number,
    target: number,
    out: number,
    outStride: number,
  ) => void;
}

/** Size of a page of WebAssembly memory, in bytes. */
export const pageBytes = 65_536;

const module = new WebAssembly.Module(kernelBytes);

/** @param pages initial size of the memory */
export function createCopySearchKernel(pages: number): CopySearchKernel {
  const memory = new WebAssembly.Memory({ initial: pages });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  if (!isCopySearchKernel(exports)) throw new Error('kernel-bytes.ts is not made of kernel.wat');
  const { scanHashes, scanSigns, matchNearest, findCorners, blur, resample } = exports;
  return { memory, scanHashes, scanSigns, matchNearest, findCorners, blur, resample };
}

/** Grows the memory of a kernel to at least so many bytes. That detaches the views that were made of it before. */
export function reserve({ memory }: CopySearchKernel, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
}

/** kernel.wat fixes the signatures of the functions, which TypeScript cannot read. */
function isCopySearchKernel(
  exports: WebAssembly.Exports,
): exports is WebAssembly.Exports & Omit<CopySearchKernel, 'memory'> {
  return ['scanHashes', 'scanSigns', 'matchNearest', 'findCorners', 'blur', 'resample'].every(
    (name) => typeof exports[name] === 'function',
  );
}
