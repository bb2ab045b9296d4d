import { sizeOf, type Tensor } from './tensor.js';

/** An entry of the `weightsManifest` of a TF.js model. */
export interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly min?: number; readonly scale?: number };
}

/**
 * Reads the weights of a TF.js model, which are concatenated in `bytes` in the order of the entries. Quantized weights
 * are integers that stand for `min + scale * integer`.
 * @throws Error for an unknown type, and for too few or too many bytes
 */
export function readWeights(entries: readonly WeightEntry[], bytes: Buffer): Map<string, Tensor> {
  const weights = new Map<string, Tensor>();
  let offset = 0;
  for (const { name, shape, dtype, quantization } of entries) {
    const stored = quantization?.dtype ?? dtype;
    const reader = readers[stored];
    if (reader === undefined) throw new Error(`Weight ${name} has unknown type ${stored}`);
    const size = sizeOf(shape);
    const end = offset + size * reader.bytes;
    if (end > bytes.length) throw new Error(`Weight ${name} ends at byte ${end} of ${bytes.length}`);
    const data = dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
    const { min = 0, scale = 1 } = quantization ?? {};
    for (let index = 0; index < size; index++) {
      data[index] = min + scale * reader.read(bytes, offset + index * reader.bytes);
    }
    weights.set(name, { shape, data });
    offset = end;
  }
  if (offset !== bytes.length) throw new Error(`The weights end at byte ${offset} of ${bytes.length}`);
  return weights;
}

/** Reads numbers of a type. */
interface NumberReader {
  readonly bytes: number;
  readonly read: (bytes: Buffer, offset: number) => number;
}

const readers: Readonly<Record<string, NumberReader>> = {
  float32: { bytes: 4, read: (bytes, offset) => bytes.readFloatLE(offset) },
  int32: { bytes: 4, read: (bytes, offset) => bytes.readInt32LE(offset) },
  uint16: { bytes: 2, read: (bytes, offset) => bytes.readUInt16LE(offset) },
  uint8: { bytes: 1, read: (bytes, offset) => bytes[offset]! },
  float16: { bytes: 2, read: (bytes, offset) => halfToNumber(bytes.readUInt16LE(offset)) },
};

/** Value of a half-precision number (IEEE 754). */
export function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
