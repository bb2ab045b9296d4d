// npm run bench:features -- FOLDER... [--images 20] [--pixels 2000000]
// What features of an image cost together and alone: they share its decoded pixels, the lines of its text and one pass of
// the network. Images are brought to the size first. Prints processor milliseconds of the whole server an image.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { classification, faceDetection, imageCopySearch, textDetection, type Feature } from '../client/index.js';
import { listImages } from '../datasets/list-images.js';
import { startBenchServer } from './server.js';

const { values, positionals } = parseArgs({
  options: { images: { type: 'string', default: '20' }, pixels: { type: 'string', default: '2000000' } },
  allowPositionals: true,
});
const contents = await Promise.all(listImages(positionals, Number(values.images)).map(readAtSize));

const features: Readonly<Record<string, Feature[]>> = {
  'TEXT_DETECTION en': [textDetection({ languageCodes: ['en'] })],
  'CLASSIFICATION moderation': [classification('moderation')],
  'CLASSIFICATION quality': [classification('quality')],
  FACE_DETECTION: [faceDetection()],
  IMAGE_COPY_SEARCH: [imageCopySearch()],
};
const all = Object.values(features).flat();

const server = await startBenchServer();
// Everything is loaded by now, so that no loading is counted.
for (let round = 0; round < 4; round++) await Promise.all([analyze(contents[0]!, all), analyze(contents[0]!, all)]);
const rows: Record<string, number> = {};
for (const [name, list] of Object.entries({ ...features, 'all together': all })) {
  const before = server.cpuSeconds();
  for (const content of contents) await analyze(content, list);
  rows[name] = ((server.cpuSeconds() - before) * 1000) / contents.length;
  process.stderr.write(`${name} `);
}
process.stderr.write('\n');
await server.stop();

const together = rows['all together'] ?? NaN;
const sum = Object.entries(rows).reduce((total, [name, value]) => (name === 'all together' ? total : total + value), 0);
console.table(
  Object.fromEntries(
    [...Object.entries(rows), ['sum of each alone', sum]].map(([name, value]) => [
      name,
      { 'CPU ms': Math.round(Number(value)) },
    ]),
  ),
);
console.log(
  `${contents.length} images of ${values.pixels} pixels; together / sum of each alone: ${(together / sum).toFixed(2)}`,
);
if (!(together < sum)) process.exitCode = 1;

async function readAtSize(path: string): Promise<Buffer> {
  const content = readFileSync(path);
  const { width, height } = await sharp(content).metadata();
  const scale = Math.sqrt(Number(values.pixels) / (width * height));
  return sharp(content)
    .resize(Math.round(width * scale))
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function analyze(content: Buffer, list: Feature[]): Promise<void> {
  const results = await server.client.analyze(content, list);
  const error = results.find((result) => result.error !== undefined)?.error;
  if (error !== undefined) throw new Error(error.message);
}
