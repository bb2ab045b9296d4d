import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadBackboneJobs } from '../../server/features/backbone/backbone-jobs.js';
import { poolMap } from '../../server/features/classification/quality/deep-features.js';
import { handFeatures } from '../../server/features/classification/quality/hand-features/hand-features.js';
import type { ImageFeatures } from '../../server/features/classification/quality/regressor.js';
import { decodeImage } from '../../server/image/decode-image.js';
import { repositoryRoot } from '../../server/paths.js';
import type { RatedImage } from './ratings.js';

const maxPixels = 20_000_000;

/** Where the measured features of a part of the set are kept, unless a file is named. */
export function featureCache(part: string): string {
  return join(repositoryRoot, `node_modules/.cache/visiond-quality-${part}.f32`);
}

/**
 * Measures all images. It takes minutes, so `cache` names a file that keeps the numbers as they come: hand-made
 * features, then the pooled map, as floats of 4 bytes. A run that was stopped goes on where it was.
 * @throws Error when the file holds something else than these features of these images
 */
export async function measureImages(images: readonly RatedImage[], cache: string): Promise<ImageFeatures[]> {
  const [first] = images;
  if (first === undefined) throw new Error('There are no images');
  const { runBackbone } = loadBackboneJobs();
  const measure = async ({ path }: RatedImage): Promise<ImageFeatures> => {
    const image = await decodeImage(await readFile(path), maxPixels);
    return { hand: handFeatures(image), deep: poolMap((await runBackbone({ image })).activationMap) };
  };
  const example = await measure(first);
  const names = [...example.hand.keys()];
  const features = readCache(cache, names, example.deep.length).slice(0, images.length);
  const [kept] = features;
  if (kept !== undefined && toRow(kept).some((value, at) => Math.abs(value - toRow(example)[at]!) > 1e-3)) {
    throw new Error(`${cache} holds other features or images. Delete it to measure again.`);
  }

  const file = openSync(cache, 'a');
  const started = performance.now();
  for (const image of images.slice(features.length)) {
    const one = await measure(image);
    writeSync(file, new Uint8Array(toRow(one).buffer));
    features.push(one);
    const minutes = (performance.now() - started) / 60_000;
    process.stderr.write(`\rMeasured ${features.length} of ${images.length} images, ${minutes.toFixed(1)} minutes `);
  }
  process.stderr.write('\n');
  closeSync(file);
  return features;
}

function toRow({ hand, deep }: ImageFeatures): Float32Array<ArrayBuffer> {
  return Float32Array.of(...hand.values(), ...deep);
}

/** Reads the rows that are whole, and cuts off what a stopped run left of one. */
function readCache(cache: string, names: readonly string[], channels: number): ImageFeatures[] {
  if (!existsSync(cache)) return [];
  const bytes = readFileSync(cache);
  const length = names.length + channels;
  const count = Math.floor(bytes.length / (4 * length));
  truncateSync(cache, 4 * length * count);
  const floats = new Float32Array(new Uint8Array(bytes).buffer, 0, length * count);
  return Array.from({ length: count }, (_, index) => {
    const row = floats.subarray(index * length, (index + 1) * length);
    return { hand: new Map(names.map((name, at) => [name, row[at]!])), deep: row.subarray(names.length) };
  });
}
