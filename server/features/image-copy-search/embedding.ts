import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddingBytes } from '../../image-index/image-index.js';
import { repositoryRoot } from '../../paths.js';
import type { ActivationMap } from '../backbone/backbone.js';

/** Channels of the network's last map. */
export const channels = 1792;
/** Steps of an embedding's bytes to a length of one. Components have a deviation of 1/16. */
const quantum = 448;

/** Makes embeddings of what the network that also moderates sees in a picture: directions in 256 dimensions. */
export interface Embedder {
  /** The whole picture. */
  whole(map: ActivationMap): Int8Array;
  /**
   * Parts of the picture, where a collage or a screenshot may hold the picture that it is a copy of: both halves along the
   * longer side, and the middle. They are parts of the same map, which cost a hundredth of another look at the picture.
   */
  parts(map: ActivationMap, isWide: boolean): Int8Array[];
}

/** Cells of a map: columns from `left` to before `right`, rows likewise. */
interface Cells {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Learned by training/copy-embedding: see there for the layout. */
export const projectionPath = join(repositoryRoot, 'server/features/image-copy-search/embedding-projection.bin');

/** Loads the projection. */
export async function loadEmbedder(): Promise<Embedder> {
  const project = readProjection(await readFile(projectionPath));
  const embed = (map: ActivationMap, cells: Cells): Int8Array => project(generalizedMean(map, cells));
  return {
    whole: (map) => project(pooled(map)),
    parts(map, isWide) {
      const { width, height } = map;
      const all = { left: 0, top: 0, right: width, bottom: height };
      const halves = isWide
        ? [
            { ...all, right: Math.ceil(width / 2) },
            { ...all, left: Math.floor(width / 2) },
          ]
        : [
            { ...all, bottom: Math.ceil(height / 2) },
            { ...all, top: Math.floor(height / 2) },
          ];
      return [...halves, { left: 1, top: 1, right: width - 1, bottom: height - 1 }].map((cells) => embed(map, cells));
    },
  };
}

/** The generalized means of the channels of a whole map, of length one. */
export function pooled(map: ActivationMap): Float32Array {
  return generalizedMean(map, { left: 0, top: 0, right: map.width, bottom: map.height });
}

/** With an exponent of 3, between the average (1) and the maximum (Radenović et al. 2018). */
function generalizedMean(
  { data, width, channels: size }: ActivationMap,
  { left, top, right, bottom }: Cells,
): Float32Array {
  const sums = new Float32Array(size);
  for (let y = top; y < bottom; y++) {
    for (let at = (y * width + left) * size, end = (y * width + right) * size; at < end;) {
      for (let channel = 0; channel < size; channel++, at++) {
        const value = data[at]!;
        sums[channel]! += value * value * value;
      }
    }
  }
  return normalized(sums.map((sum) => Math.cbrt(sum)));
}

/**
 * The projection: the mean of all pictures is subtracted, and the rest turned so that the 256 directions in which pictures
 * differ most count alike (PCA whitening, Jégou and Chum 2012).
 * File: floats for the mean of every channel and the step of every dimension, then a row of bytes for every dimension.
 */
export function readProjection(file: Buffer): (means: Float32Array) => Int8Array {
  const floats = channels + embeddingBytes;
  if (file.length !== 4 * floats + channels * embeddingBytes) {
    throw new Error(`${projectionPath} has ${file.length} bytes`);
  }
  const numbers = Float32Array.from({ length: floats }, (_, index) => file.readFloatLE(4 * index));
  const rows = new Int8Array(file.buffer, file.byteOffset + 4 * floats, channels * embeddingBytes);
  return (means) => {
    const centerd = means.map((value, channel) => value - numbers[channel]!);
    const projected = new Float32Array(embeddingBytes);
    for (let dimension = 0; dimension < embeddingBytes; dimension++) {
      // Four sums, since each has to wait for itself.
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let channel = 0, at = dimension * channels; channel < channels; channel += 4, at += 4) {
        a += rows[at]! * centerd[channel]!;
        b += rows[at + 1]! * centerd[channel + 1]!;
        c += rows[at + 2]! * centerd[channel + 2]!;
        d += rows[at + 3]! * centerd[channel + 3]!;
      }
      projected[dimension] = (a + b + c + d) * numbers[channels + dimension]!;
    }
    return Int8Array.from(normalized(projected), (value) => Math.max(-127, Math.min(127, Math.round(value * quantum))));
  };
}

function normalized(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
  return vector.map((value) => value / length);
}
