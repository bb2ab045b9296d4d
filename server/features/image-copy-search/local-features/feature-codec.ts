import { descriptorBytes } from './brief-pattern.js';
import type { LocalFeatures } from './local-features.js';

/** Position (2 bytes), orientation, size, descriptor. */
export const featureBytes = 4 + descriptorBytes;
/** Steps of a size's byte to a factor of e: 3 % each, down to e^-8. */
const sizeSteps = 32;

/** Packs the features, `featureBytes` each. Positions keep 1/256 of the longer side, an order finer than matches need. */
export function encodeFeatures({ count, x, y, angle, size, descriptors }: LocalFeatures): Uint8Array {
  const bytes = new Uint8Array(count * featureBytes);
  for (let index = 0, at = 0; index < count; index++, at += featureBytes) {
    bytes[at] = clampByte(x[index]! * 256 - 0.5);
    bytes[at + 1] = clampByte(y[index]! * 256 - 0.5);
    // Wraps around: an orientation of 2 pi is one of 0.
    bytes[at + 2] = Math.round((angle[index]! / (2 * Math.PI)) * 256);
    bytes[at + 3] = clampByte(-Math.log(size[index]!) * sizeSteps);
    bytes.set(descriptors.subarray(index * descriptorBytes, (index + 1) * descriptorBytes), at + 4);
  }
  return bytes;
}

/** Reads what `encodeFeatures` wrote. Bytes that are no whole feature are left out. */
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
    size: column((at) => Math.exp(-bytes[at + 3]! / sizeSteps)),
    descriptors,
  };
}

/** At most `count` of the features: the strongest of every level, in the shares that the levels have. */
export function thinFeatures(features: LocalFeatures, count: number): LocalFeatures {
  if (features.count <= count) return features;
  const kept: number[] = [];
  for (let first = 0; first < features.count;) {
    // Features come level by level, the strongest of each first.
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
