import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfToNumber, readWeights } from './read-weights.js';

describe('readWeights', () => {
  it('reads every type, one after the other', () => {
    const bytes = Buffer.alloc(4 + 4 + 2 + 1 + 2);
    bytes.writeFloatLE(1.5, 0);
    bytes.writeInt32LE(-7, 4);
    bytes.writeUInt16LE(1000, 8);
    bytes[10] = 200;
    bytes.writeUInt16LE(0xc000, 11);
    const weights = readWeights(
      [
        { name: 'float', shape: [1], dtype: 'float32' },
        { name: 'whole', shape: [], dtype: 'int32' },
        { name: 'sixteen', shape: [1, 1], dtype: 'float32', quantization: { dtype: 'uint16', min: -1, scale: 0.5 } },
        { name: 'eight', shape: [1], dtype: 'float32', quantization: { dtype: 'uint8', min: 10, scale: 0.25 } },
        { name: 'half', shape: [1], dtype: 'float32', quantization: { dtype: 'float16' } },
      ],
      bytes,
    );
    expect(Object.fromEntries([...weights].map(([name, { data }]) => [name, data]))).toEqual({
      float: Float32Array.of(1.5),
      whole: Int32Array.of(-7),
      sixteen: Float32Array.of(499),
      eight: Float32Array.of(60),
      half: Float32Array.of(-2),
    });
    expect(weights.get('sixteen')?.shape).toEqual([1, 1]);
  });

  it.each([
    [3, 'Weight w ends at byte 4 of 3'],
    [5, 'The weights end at byte 4 of 5'],
  ])('rejects %i bytes for a float', (length, sentence) => {
    expect(() => readWeights([{ name: 'w', shape: [1], dtype: 'float32' }], Buffer.alloc(length))).toThrow(sentence);
  });

  it('rejects an unknown type', () => {
    expect(() => readWeights([{ name: 'w', shape: [1], dtype: 'string' }], Buffer.alloc(4))).toThrow(
      'unknown type string',
    );
  });
});

describe('halfToNumber', () => {
  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xbc01, -(1 + 1 / 1024)],
    [0x0001, 2 ** -24],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7c01, NaN],
  ])('0x%s', (half, value) => {
    expect(halfToNumber(half)).toBe(value);
  });

  it('grows with its bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7bfe }), (half) => {
        expect(halfToNumber(half + 1)).toBeGreaterThan(halfToNumber(half));
        expect(halfToNumber(half | 0x8000)).toBe(-halfToNumber(half));
      }),
    );
  });
});
