import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dequantizeRows, quantizeRows } from './byte-rows.js';

const row = fc
  .array(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => Math.fround(value)),
    { minLength: 5, maxLength: 5 },
  )
  .map((values) => Float64Array.from(values));

describe('quantizeRows', () => {
  it('has errors below 1/254 of the largest number of a row', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
        for (const [index, unpacked] of dequantizeRows(quantizeRows(rows)).entries()) {
          const most = Math.max(...rows[index]!.map((value) => Math.abs(value)));
          for (const [at, value] of unpacked.entries()) {
            expect(Math.abs(value - rows[index]![at]!)).toBeLessThanOrEqual(most / 253);
          }
        }
      }),
    );
  });

  it('rejects truncated bytes', () => {
    const packed = quantizeRows([Float64Array.of(1, 2, 3)]);
    expect(() => dequantizeRows({ ...packed, bytes: packed.bytes.slice(0, -4) })).toThrow(
      'expected 1 x 3 bytes, got 0',
    );
  });
});
