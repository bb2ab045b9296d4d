import { descriptorBytes } from './brief-pattern.js';
import type { LocalFeatures } from './local-features.js';

/** Bytes of a feature: x, y, orientation, size, descriptor. */
export const featureBytes = 4 + descriptorBytes;
/** Sizes are stored as logarithms, in steps of 1/32: 3 % each, down to e^-8. */
const sizeStepsPerUnit = 32;

/** Encodes features, `featureBytes` each. Positions are exact to 1/256 of the longer side, finer than matches need. */
export function encodeFeatures({ count, x, y, angle, size, descriptors }: LocalFeatures): Uint8Array {
  const bytes = new Uint8Array(count * featureBytes);
  for (let index = 0, at = 0; index < count; index++, at += featureBytes) {
    bytes[at] = clampByte(x[index]! * 256 - 0.5);
    bytes[at + 1] = clampByte(y[index]! * 256 - 0.5);
    // Wraps around: 2 pi is stored as 0.
    bytes[at + 2] = Math.round((angle[index]! / (2 * Math.PI)) * 256);
    bytes[at + 3] = clampByte(-Math.log(size[index]!) * sizeStepsPerUnit);
    bytes.set(descriptors.subarray(index * descriptorBytes, (index + 1) * descriptorBytes), at + 4);
  }
  return bytes;
}

/** Decodes what `encodeFeatures` wrote. An incomplete feature at the end is ignored. */
export function decodeFeatures(bytes: Uint8Array): LocalFeatures {
  const count = Math.floor(bytes.length / featureBytes);
  const column = (read: (at: number) => number): Float32Array =>
    Float32Array.from({ length: count }, (_, index) => read(index * featureBytes));
  const descriptors = new Uint8Array(count * descriptorBytes);
  for (let index = 0; index < count; index++) {
    const at = index * featureBytes;
    descriptors.set(bytes.subarray(at + 4, at + featureBytes), index * descriptorBytes);
  }
  return {
    count,
    x: column((at) => (bytes[at]! + 0.5) / 256),
    y: column((at) => (bytes[at + 1]! + 0.5) / 256),
    angle: column((at) => (bytes[at + 2]! / 256) * 2 * Math.PI),
    size: column((at) => Math.exp(-bytes[at + 3]! / sizeStepsPerUnit)),
    descriptors,
  };
}

/** Keeps at most `count` features: the strongest of every level, each level in proportion to its features. */
export function thinFeatures(features: LocalFeatures, count: number): LocalFeatures {
  if (features.count <= count) return features;
  const kept: number[] = [];
  for (let first = 0; first < features.count;) {
    // Features are sorted by level, and within a level by strength.
    let end = first;
    while (end < features.count && features.size[end] === features.size[first]) end++;
    const share = Math.floor(((end - first) * count) / features.count);
    for (let index = first; index < first + share; index++) kept.push(index);
    first = end;
  }
  const descriptors = new Uint8Array(kept.length * descriptorBytes);
  kept.forEach((from, to) => {
    descriptors.set(
      features.descriptors.subarray(from * descriptorBytes, (from + 1) * descriptorBytes),
      to * descriptorBytes,
    );
  });
  const pick = (column: Float32Array): Float32Array => Float32Array.from(kept, (index) => column[index]!);
  return {
    count: kept.length,
    x: pick(features.x),
    y: pick(features.y),
    angle: pick(features.angle),
    size: pick(features.size),
    descriptors,
  };
}

function clampByte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
