import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { poolMap } from '../../server/features/classification/quality/deep-features.js';
import { handFeatures } from '../../server/features/classification/quality/hand-features.js';
import type { ImageFeatures } from '../../server/features/classification/quality/regressor.js';
import { decodeImage } from '../../server/image/decode-image.js';
import { loadBackbone } from './backbone.js';
import type { RatedImage } from './dataset.js';

const maxPixels = 20_000_000;

/**
 * Measures all images. It takes minutes, so `cache` names a file that keeps the numbers as they come: hand-made features,
 * then the pooled map, as floats of 4 bytes. A run that was stopped goes on where it was.
 */
export async function measureImages(images: readonly RatedImage[], cache: string): Promise<ImageFeatures[]> {
  const [first] = images;
  if (first === undefined) throw new Error('There are no images');
  const backbone = await loadBackbone();
  const measure = async ({ path }: RatedImage): Promise<ImageFeatures> => {
    const image = await decodeImage(await readFile(path), maxPixels);
    return { hand: handFeatures(image), deep: poolMap(await backbone(image)) };
  };
  const example = await measure(first);
  const names = [...example.hand.keys()];
  const length = names.length + example.deep.length;

  const kept = existsSync(cache) ? readFileSync(cache) : Buffer.alloc(0);
  const rows = new Float32Array(kept.buffer.slice(kept.byteOffset, kept.byteOffset + kept.byteLength - (kept.byteLength % (4 * length))));
  const features: ImageFeatures[] = [];
  for (let at = 0; at < rows.length && features.length < images.length; at += length) {
    const row = rows.subarray(at, at + length);
    features.push({ hand: new Map(names.map((name, index) => [name, row[index]!])), deep: row.subarray(names.length) });
  }

  const file = openSync(cache, 'a');
  const started = performance.now();
  for (const image of images.slice(features.length)) {
    const one = await measure(image);
    writeSync(file, new Uint8Array(Float32Array.of(...one.hand.values(), ...one.deep).buffer));
    features.push(one);
    const minutes = (performance.now() - started) / 60_000;
    process.stderr.write(`\rMeasured ${features.length} of ${images.length} images, ${minutes.toFixed(1)} minutes `);
  }
  process.stderr.write('\n');
  closeSync(file);
  return features;
}
