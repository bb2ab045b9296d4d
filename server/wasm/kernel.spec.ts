import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../paths.js';
import { createKernel } from './kernel.js';

const kernel = createKernel(4);
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

describe('kernel', () => {
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
        const found = kernel.hashes(1024, rows.length, 0, limit, 32_768);
        const expected = rows.flatMap((row, index) => {
          const distances = flips.map((groups) => distance(flipped(query, groups), row));
          const best = Math.min(...distances.flatMap((one) => [one, 256 - one]));
          return best <= limit ? [(index << 16) | best] : [];
        });
        expect([...ints.subarray(8192, 8192 + found)]).toEqual(expected);
      }),
    );
  });

  it('multiplies rows with four queries', () => {
    const byte = fc.integer({ min: -128, max: 127 });
    const row = fc.array(byte, { minLength: 64, maxLength: 64 });
    const queries = fc.array(fc.array(byte, { minLength: 32, maxLength: 32 }), { minLength: 4, maxLength: 4 });
    const thresholds = fc.array(fc.integer({ min: -40_000, max: 40_000 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), queries, thresholds, (rows, four, limits) => {
        rows.forEach((values, index) => bytes.set(values.map((value) => value & 255), 1024 + 64 * index));
        four.forEach((values, index) => new Int16Array(kernel.memory.buffer, 64 * index, 32).set(values));
        ints.set(limits, 128);
        const found = kernel.dots(1024, 64, 32, rows.length, 0, 512, 32_768);
        const expected = rows.flatMap((values, index) => {
          const products = four.map((query) => query.reduce((sum, value, at) => sum + value * values[at]!, 0));
          return products.some((product, at) => product > limits[at]!) ? [[index, ...products]] : [];
        });
        expect(found).toBe(expected.length);
        expect([...ints.subarray(8192, 8192 + 5 * found)]).toEqual(expected.flat());
      }),
    );
  });

  it('finds the nearest of those whose first halves are near', () => {
    const set = fc.array(hash, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(set, set, fc.integer({ min: 50, max: 128 }), (a, b, half) => {
        a.forEach((row, index) => bytes.set(row, 32 * index));
        b.forEach((row, index) => bytes.set(row, 1024 + 32 * index));
        kernel.nearest(0, a.length, 1024, b.length, BigInt(half), 32_768);
        const nearest = (one: Uint8Array): number => {
          const keys = b.flatMap((other, index) =>
            distance(one.subarray(0, 16), other.subarray(0, 16)) <= half ? [(distance(one, other) << 16) | index] : [],
          );
          return keys.length === 0 ? -1 : Math.min(...keys);
        };
        expect([...ints.subarray(8192, 8192 + a.length)]).toEqual(a.map(nearest));
      }),
    );
  });
});
