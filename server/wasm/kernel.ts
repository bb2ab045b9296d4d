import { kernelBytes } from './kernel-bytes.js';

/** The inner loops of copy search, over a memory of their own. kernel.wat describes them; all addresses are bytes. */
export interface Kernel {
  readonly memory: WebAssembly.Memory;
  /** Rows of 32-byte hashes within `limit` of the query or its inverse in any of four flips; `row << 16 | distance` each. */
  readonly hashes: (rows: number, count: number, query: number, limit: number, out: number) => number;
  /** Rows of 16 bytes that differ from any of four queries in fewer bits than its limit; the row and its four distances, 5 ints each. */
  readonly signs: (rows: number, count: number, queries: number, limits: number, out: number) => number;
  /** The nearest of the 32-byte descriptors b for each of a; `distance << 16 | index` each, or -1 where there is none. */
  readonly nearest: (a: number, countA: number, b: number, countB: number, out: number) => void;
  /**
   * Corners of FAST-9 in a picture in shades of gray; their positions, an int each. `circle` are the offsets of the circle's
   * 16 pixels, and of the first 8 again.
   */
  readonly corners: (
    pixels: number,
    width: number,
    height: number,
    border: number,
    threshold: number,
    circle: number,
    out: number,
  ) => number;
  /** Blurs bytes along an axis whose neighbors are `step` apart. Reads three steps over both ends, and up to 7 bytes more. */
  readonly blur: (from: number, length: number, step: number, out: number) => void;
  /**
   * Adds rows of floats, weighted, and turns the picture: the new rows are columns. Strides are bytes, that of the input a
   * multiple of 16; so many rows as it has floats are written.
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

/** Bytes of a page of WebAssembly memory. */
export const pageBytes = 65_536;

const module = new WebAssembly.Module(kernelBytes);

/** @param pages initial size of the memory */
export function createKernel(pages: number): Kernel {
  const memory = new WebAssembly.Memory({ initial: pages });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  if (!isKernel(exports)) throw new Error('kernel-bytes.ts does not match kernel.wat. Run `npm run generate`');
  const { hashes, signs, nearest, corners, blur, resample } = exports;
  return { memory, hashes, signs, nearest, corners, blur, resample };
}

/** Makes room for so many bytes in the memory of a kernel. Views of it that were made before may be dead afterwards. */
export function reserve({ memory }: Kernel, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
}

/** What the functions take is fixed by kernel.wat, which TypeScript cannot read. */
function isKernel(exports: WebAssembly.Exports): exports is WebAssembly.Exports & Omit<Kernel, 'memory'> {
  return ['hashes', 'signs', 'nearest', 'corners', 'blur', 'resample'].every(
    (name) => typeof exports[name] === 'function',
  );
}
