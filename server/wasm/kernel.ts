import { kernelBytes } from './kernel-bytes.js';

/** The inner loops of copy search, over a memory of their own. kernel.wat describes them; all addresses are bytes. */
export interface Kernel {
  readonly memory: WebAssembly.Memory;
  /** Rows of 32-byte hashes within `limit` of the query or its inverse in any of four flips; `row << 16 | distance` each. */
  readonly hashes: (rows: number, count: number, query: number, limit: number, out: number) => number;
  /** Rows whose product with any of four queries is over its threshold; the row and its four products, 5 ints each. */
  readonly dots: (
    rows: number,
    stride: number,
    dims: number,
    count: number,
    queries: number,
    thresholds: number,
    out: number,
  ) => number;
  /**
   * The nearest of the 32-byte descriptors b for each of a, among those whose first 128 bits differ in at most `half`;
   * `distance << 16 | index` each, or -1.
   */
  readonly nearest: (a: number, countA: number, b: number, countB: number, half: bigint, out: number) => void;
}

/** Bytes of a page of WebAssembly memory. */
export const pageBytes = 65_536;

const module = new WebAssembly.Module(kernelBytes);

/** @param pages initial size of the memory */
export function createKernel(pages: number): Kernel {
  const memory = new WebAssembly.Memory({ initial: pages });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  if (!isKernel(exports)) throw new Error('kernel-bytes.ts is not made of kernel.wat');
  const { hashes, dots, nearest } = exports;
  return { memory, hashes, dots, nearest };
}

/** What the functions take is fixed by kernel.wat, which TypeScript cannot read. */
function isKernel(exports: WebAssembly.Exports): exports is WebAssembly.Exports & Omit<Kernel, 'memory'> {
  return ['hashes', 'dots', 'nearest'].every((name) => typeof exports[name] === 'function');
}
