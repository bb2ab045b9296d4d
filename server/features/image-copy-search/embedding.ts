import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddingBytes } from '../../image-index/image-index.js';
import type { Rectangle } from '../../image/polygon.js';
import { repositoryRoot } from '../../paths.js';
import type { ActivationMap } from '../backbone/backbone.js';

/** Channels of the backbone's activation map. */
export const channels = 1792;
/** An embedding of length 1 is stored as bytes, in steps of 1/448. Its components have a standard deviation of 1/16. */
const stepsPerUnit = 448;

/** Computes embeddings from activation maps of the backbone: directions in 256 dimensions. */
export interface Embedder {
  /** The embedding of the whole image. */
  whole(map: ActivationMap): Int8Array;
  /**
   * Embeddings of the parts of a collage or a screenshot that may hold the picture it is a copy of: both halves along
   * the longer side, and the middle. They are cut from the same map, at a hundredth of the cost of another backbone
   * pass.
   */
  parts(map: ActivationMap, isWide: boolean): Int8Array[];
}

/** Learned by training/copy-embedding, which documents the layout. */
export const projectionPath = join(repositoryRoot, 'server/features/image-copy-search/embedding-projection.bin');

/** Loads the projection. */
export async function loadEmbedder(): Promise<Embedder> {
  const project = readProjection(await readFile(projectionPath));
  const embed = (map: ActivationMap, cells: Rectangle): Int8Array => project(generalizedMean(map, cells));
  return {
    whole: (map) => project(pooled(map)),
    parts(map, isWide) {
      const { width, height } = map;
      const all = allCells(map);
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

/** The generalized means of the channels over a whole map, scaled to length 1. */
export function pooled(map: ActivationMap): Float32Array {
  return generalizedMean(map, allCells(map));
}

function allCells({ width, height }: ActivationMap): Rectangle {
  return { left: 0, top: 0, right: width, bottom: height };
}

/** Generalized mean with the exponent 3, between the average (1) and the maximum (infinity) (Radenović et al. 2018). */
function generalizedMean(
  { data, width, channels: size }: ActivationMap,
  { left, top, right, bottom }: Rectangle,
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
 * The projection: subtracts the mean of all pictures and rotates the rest, scaled so that the 256 directions in which
 * pictures differ most weigh the same (PCA whitening, Jégou and Chum 2012).
 * File: a float for the mean of every channel, a float for the step of every dimension, a row of bytes per dimension.
 */
export function readProjection(file: Buffer): (means: Float32Array) => Int8Array {
  const floats = channels + embeddingBytes;
  if (file.length !== 4 * floats + channels * embeddingBytes) {
    throw new Error(`${projectionPath} has ${file.length} bytes`);
  }
  const numbers = Float32Array.from({ length: floats }, (_, index) => file.readFloatLE(4 * index));
  const rows = new Int8Array(file.buffer, file.byteOffset + 4 * floats, channels * embeddingBytes);
  return (means) => {
    const centered = means.map((value, channel) => value - numbers[channel]!);
    const projected = new Float32Array(embeddingBytes);
    for (let dimension = 0; dimension < embeddingBytes; dimension++) {
      // Four independent sums: a single one would make every addition wait for the one before.
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let channel = 0, at = dimension * channels; channel < channels; channel += 4, at += 4) {
        a += rows[at]! * centered[channel]!;
        b += rows[at + 1]! * centered[channel + 1]!;
        c += rows[at + 2]! * centered[channel + 2]!;
        d += rows[at + 3]! * centered[channel + 3]!;
      }
      projected[dimension] = (a + b + c + d) * numbers[channels + dimension]!;
    }
    return Int8Array.from(normalized(projected), (value) =>
      Math.max(-127, Math.min(127, Math.round(value * stepsPerUnit))),
    );
  };
}

function normalized(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
  return vector.map((value) => value / length);
}
