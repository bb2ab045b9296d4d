import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../paths.js';
import { createCopySearchKernel } from './kernel.js';

const kernel = createCopySearchKernel(4);
const bytes = new Uint8Array(kernel.memory.buffer);
const ints = new Int32Array(kernel.memory.buffer);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

function distance(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, byte, index) => sum + (byte ^ b[index]!).toString(2).replaceAll('0', '').length, 0);
}

/** The four flips invert groups of 8 bytes. */
const flips = [[], [0, 1], [0, 2], [1, 2]];

function flipped(a: Uint8Array, groups: readonly number[]): Uint8Array {
  return a.map((byte, index) => (groups.includes(index >> 3) ? byte ^ 255 : byte));
}

describe('copySearchKernel', () => {
  it('is what kernel.wat compiles to', async () => {
    const base = await mkdtemp(join(tmpdir(), 'visiond-kernel-'));
    try {
      await promisify(execFile)(process.execPath, ['scripts/generate-kernel.mjs', base], { cwd: repositoryRoot });
      const file = 'server/wasm/kernel-bytes.ts';
      expect(await readFile(join(base, file), 'utf8')).toBe(await readFile(join(repositoryRoot, file), 'utf8'));
    } finally {
      await rm(base, { recursive: true });
    }
  });

  it('finds the hashes that are near in any flip, or as negatives', () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 20 }), hash, fc.integer({ min: 80, max: 130 }), (rows, query, limit) => {
        rows.forEach((row, index) => bytes.set(row, 1024 + 32 * index));
        bytes.set(query, 0);
        const found = kernel.scanHashes(1024, rows.length, 0, limit, 32_768);
        const expected = rows.flatMap((row, index) => {
          const distances = flips.map((groups) => distance(flipped(query, groups), row));
          const best = Math.min(...distances.flatMap((bits) => [bits, 256 - bits]));
          return best <= limit ? [(index << 16) | best] : [];
        });
        expect([...ints.subarray(8192, 8192 + found)]).toEqual(expected);
      }),
    );
  });

  it('finds the rows that are near one of four queries', () => {
    const bits = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const four = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(bits, { maxLength: 12 }),
        four(bits),
        four(fc.integer({ min: 40, max: 80 })),
        (rows, queries, limits) => {
          rows.forEach((row, index) => bytes.set(row, 1024 + 16 * index));
          queries.forEach((query, index) => bytes.set(query, 16 * index));
          ints.set(limits, 128);
          const found = kernel.scanSigns(1024, rows.length, 0, 512, 32_768);
          const expected = rows.flatMap((row, index) => {
            const distances = queries.map((query) => distance(query, row));
            return distances.some((near, query) => near < limits[query]!) ? [[index, ...distances]] : [];
          });
          expect(found).toBe(expected.length);
          expect([...ints.subarray(8192, 8192 + 5 * found)]).toEqual(expected.flat());
        },
      ),
    );
  });

  it('finds the nearest descriptors', () => {
    const set = (minLength: number) => fc.array(hash, { minLength, maxLength: 12 });
    fc.assert(
      fc.property(set(1), set(0), (a, b) => {
        a.forEach((row, index) => bytes.set(row, 32 * index));
        b.forEach((row, index) => bytes.set(row, 1024 + 32 * index));
        kernel.matchNearest(0, a.length, 1024, b.length, 32_768);
        const nearest = (row: Uint8Array): number =>
          b.length === 0 ? -1 : Math.min(...b.map((other, index) => (distance(row, other) << 16) | index));
        expect([...ints.subarray(8192, 8192 + a.length)]).toEqual(a.map(nearest));
      }),
    );
  });

  it('finds the corners of FAST', () => {
    const [width, height, border] = [41, 12, 4];
    const pixel = fc.oneof(fc.constantFrom(0, 100, 255), fc.integer({ min: 0, max: 255 }));
    const circle = [
      [0, -3],
      [1, -3],
      [2, -2],
      [3, -1],
      [3, 0],
      [3, 1],
      [2, 2],
      [1, 3],
      [0, 3],
      [-1, 3],
      [-2, 2],
      [-3, 1],
      [-3, 0],
      [-3, -1],
      [-2, -2],
      [-1, -3],
    ].map(([x = 0, y = 0]) => y * width + x);
    const longest = (is: (offset: number) => boolean): number =>
      [...circle, ...circle].reduce(
        ({ run, best }, offset) => {
          const next = is(offset) ? run + 1 : 0;
          return { run: next, best: Math.max(best, next) };
        },
        { run: 0, best: 0 },
      ).best;
    ints.set([...circle, ...circle.slice(0, 8)]);
    // Spots on a plain ground are corners, random pixels rarely are.
    const picture = fc.tuple(
      pixel,
      fc.array(fc.tuple(fc.nat(width * height - 1), pixel), { minLength: 10, maxLength: 60 }),
    );
    let all = 0;
    fc.assert(
      fc.property(picture, fc.integer({ min: 1, max: 100 }), ([ground, spots], threshold) => {
        const gray = new Uint8Array(width * height).fill(ground);
        for (const [at, value] of spots) gray[at] = value;
        bytes.set(gray, 1024);
        const count = kernel.findCorners(1024, width, height, border, threshold, 0, 32_768);
        const expected = [...gray.keys()].filter((at) => {
          const [x, y] = [at % width, Math.floor(at / width)];
          if (x < border || x >= width - border || y < border || y >= height - border) return false;
          const step = (offset: number): number => gray[at + offset]! - gray[at]!;
          return (
            Math.max(
              longest((offset) => step(offset) > threshold),
              longest((offset) => step(offset) < -threshold),
            ) >= 9
          );
        });
        all += expected.length;
        expect([...ints.subarray(8192, 8192 + count)]).toEqual(expected);
      }),
    );
    expect(all).toBeGreaterThan(100);
  });

  it('blurs along an axis', () => {
    const weights = [18, 34, 49, 54, 49, 34, 18];
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (values, step) => {
        bytes.set(values, 1024);
        kernel.blur(1024 + 3 * step, 60 - 6 * step, step, 2048);
        const expected = Array.from(
          { length: 60 - 6 * step },
          (_, at) => weights.reduce((sum, weight, tap) => sum + weight * values[at + tap * step]!, 128) >> 8,
        );
        expect([...bytes.subarray(2048, 2048 + expected.length)]).toEqual(expected);
      }),
    );
  });

  it('adds weighted rows and transposes them', () => {
    const floats = new Float32Array(kernel.memory.buffer);
    // Two sums over three rows of four floats: the first of rows 0 and 1, the second of row 2.
    floats.set([1, 2, 3, 4, 10, 20, 30, 40, 5, 6, 7, 8], 256);
    ints.set([0, 2], 300);
    ints.set([2, 3], 302);
    floats.set([0.5, 0.25, 2], 304);
    kernel.resample(1024, 16, 1200, 1208, 1216, 2, 2048, 8);
    expect([...floats.subarray(512, 520)]).toEqual([3, 10, 6, 12, 9, 14, 12, 16]);
  });
});
