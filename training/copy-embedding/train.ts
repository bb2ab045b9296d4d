// npm run build && node dist/training/copy-embedding/train.js FOLDER... [--images 1500] [--out FILE]
// Learns the projection of copy search's embeddings from the photos of the folders, of which it needs no labels, and
// writes server/features/image-copy-search/embedding-projection.bin. Photos whose name falls into the share that
// datasets/copy-photos.ts keeps for measuring are left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { photosOf } from '../../datasets/copy-photos.js';
import { loadBackboneJobs } from '../../server/features/backbone/backbone-jobs.js';
import { channels, pooled, projectionPath } from '../../server/features/image-copy-search/embedding.js';
import { embeddingBytes } from '../../server/image-index/image-index.js';
import { decodeImage } from '../../server/image/decode-image.js';
import type { Image } from '../../server/image/image.js';
import type { PixelRegion } from '../../server/image/pixel-region.js';
import { principalComponents } from './principal-components.js';

const { values, positionals } = parseArgs({
  options: { images: { type: 'string', default: '1500' }, out: { type: 'string', default: projectionPath } },
  allowPositionals: true,
});
const photos = photosOf(positionals, 'learn').slice(0, Number(values.images));
if (photos.length < embeddingBytes) {
  throw new Error(`At least ${embeddingBytes} photos are needed, there are ${photos.length}.`);
}

const { runBackbone } = loadBackboneJobs();
const samples: Float32Array[] = [];
const learnFrom = async (image: Image): Promise<void> =>
  void samples.push(pooled((await runBackbone({ image })).activationMap));
for (const [index, photo] of photos.entries()) {
  const image = await decodeImage(readFileSync(photo), 100_000_000);
  await learnFrom(image);
  // Searches embed parts of pictures too.
  const [width, height] = [Math.ceil(image.width * 0.6), Math.ceil(image.height * 0.6)];
  const left = index % 2 === 0 ? 0 : image.width - width;
  const top = index % 4 < 2 ? 0 : image.height - height;
  const cropped = cropImage(image, { left, top, width, height });
  await learnFrom(index % 3 === 0 ? mirrored(cropped) : cropped);
  process.stderr.write(`\r${index + 1} of ${photos.length} photos `);
}
const { mean, components, variances } = principalComponents(samples, embeddingBytes);
// Directions of little variance are known badly: they are not blown up without limit.
const floor = variances[Math.floor(embeddingBytes / 2)]! * 0.25;
const file = Buffer.alloc(4 * (channels + embeddingBytes) + channels * embeddingBytes);
for (const [channel, value] of mean.entries()) file.writeFloatLE(value, 4 * channel);
for (const [dimension, component] of components.entries()) {
  const largest = component.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const scale = 1 / Math.sqrt(variances[dimension]! + floor);
  file.writeFloatLE((scale * largest) / 127, 4 * (channels + dimension));
  const row = 4 * (channels + embeddingBytes) + dimension * channels;
  for (const [channel, value] of component.entries()) {
    file.writeInt8(Math.round((value / largest) * 127), row + channel);
  }
}
writeFileSync(values.out, file);
const share = variances.reduce((sum, value) => sum + value, 0);
process.stderr.write(
  `\n${samples.length} samples, variance kept ${share.toExponential(3)}, written to ${values.out}\n`,
);

function cropImage(image: Image, { left, top, width, height }: PixelRegion): Image {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height));
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * image.width + left);
    rgb.set(image.rgb.subarray(from, from + 3 * width), 3 * y * width);
  }
  return { width, height, rgb };
}

function mirrored({ width, height, rgb }: Image): Image {
  const out = new Uint8Array(new SharedArrayBuffer(rgb.length));
  for (let at = 0; at < rgb.length; at += 3) {
    const x = (at / 3) % width;
    out.set(rgb.subarray(at, at + 3), at + 3 * (width - 1 - 2 * x));
  }
  return { width, height, rgb: out };
}
