import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from '../../image/image.js';
import { resizeRgb } from '../../image/resize.js';
import { embeddingBytes } from '../../index/image-index.js';
import { convertedModels } from '../../inference/converted-models.js';
import { loadConvertedModel } from '../../inference/onnx-session.js';
import { repositoryRoot } from '../../paths.js';

/** Sides of the network's input. */
const inputSide = 224;
/** Channels of the network's last map. */
export const channels = 1792;
/** Exponent of the generalised mean: between the average (1) and the maximum (Radenović et al. 2018). */
const meanExponent = 3;
/** Steps of an embedding's bytes to a length of one. Components have a deviation of 1/16. */
const quantum = 448;

/** Computes embeddings: what the network that also moderates sees in a picture, as a direction in 256 dimensions. */
export interface Embedder {
  embed(image: Image, mirrored: boolean): Promise<Int8Array>;
}

/** Learned by training/copy-embedding: see there for the layout. */
export const projectionPath = join(repositoryRoot, 'server/features/image-copy-search/embedding-projection.bin');

/** Loads the network and the projection on the calling thread. */
export async function loadEmbedder(): Promise<Embedder> {
  const [pool, projection] = await Promise.all([loadPooling(), readFile(projectionPath)]);
  const project = readProjection(projection);
  return { embed: async (image, mirrored) => project(await pool(image, mirrored)) };
}

/** Loads the network: pictures to the generalised means of its channels, of length one. */
export async function loadPooling(): Promise<(image: Image, mirrored: boolean) => Promise<Float32Array>> {
  const model = await loadConvertedModel(convertedModels.moderation);
  return async (image, mirrored) => {
    const { features } = await model.run(networkInput(image, mirrored), [1, inputSide, inputSide, 3]);
    return generalisedMean(features.data);
  };
}

function networkInput(image: Image, mirrored: boolean): Float32Array {
  const pixels = resizeRgb(image, inputSide, inputSide);
  const input = new Float32Array(pixels.length);
  for (let y = 0, at = 0; y < inputSide; y++) {
    for (let x = 0; x < inputSide; x++) {
      const from = 3 * (y * inputSide + (mirrored ? inputSide - 1 - x : x));
      for (let channel = 0; channel < 3; channel++) input[at++] = pixels[from + channel]! / 255;
    }
  }
  return input;
}

function generalisedMean(map: Float32Array): Float32Array {
  const sums = new Float32Array(channels);
  for (let at = 0, channel = 0; at < map.length; at++, channel = channel + 1 === channels ? 0 : channel + 1) {
    sums[channel]! += map[at]! ** meanExponent;
  }
  return normalised(sums.map((sum) => Math.cbrt(sum)));
}

/**
 * The projection: the mean of all pictures is subtracted, and the rest turned so that the 256 directions in which pictures
 * differ most count alike (PCA whitening, Jégou and Chum 2012).
 * File: floats for the mean of every channel and the step of every dimension, then a row of bytes for every dimension.
 */
export function readProjection(file: Buffer): (pooled: Float32Array) => Int8Array {
  const floats = channels + embeddingBytes;
  if (file.length !== 4 * floats + channels * embeddingBytes) throw new Error(`${projectionPath} has ${file.length} bytes`);
  const numbers = Float32Array.from({ length: floats }, (_, index) => file.readFloatLE(4 * index));
  const rows = new Int8Array(file.buffer, file.byteOffset + 4 * floats, channels * embeddingBytes);
  return (pooled) => {
    const centred = pooled.map((value, channel) => value - numbers[channel]!);
    const projected = new Float32Array(embeddingBytes);
    for (let dimension = 0; dimension < embeddingBytes; dimension++) {
      let sum = 0;
      for (let channel = 0, at = dimension * channels; channel < channels; channel++, at++) sum += rows[at]! * centred[channel]!;
      projected[dimension] = sum * numbers[channels + dimension]!;
    }
    return Int8Array.from(normalised(projected), (value) => Math.max(-127, Math.min(127, Math.round(value * quantum))));
  };
}

function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
