// npm run bench:moderation -- FOLDER... [--images 200]
// How often ordinary photos are taken for adult ones: every image of the folders is asked of visiond and of nsfwjs's
// model in TensorFlow.js (WebAssembly, one thread), as nsfwjs itself would ask it. Prints the share of images over some
// thresholds, and the times. The folders must hold no adult image, or the shares are not false alarms.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { classification } from '../client/index.js';
import { listImages } from '../datasets/list-images.js';
import { decodeImage } from '../server/image/decode-image.js';
import { resizeRgb } from '../server/image/resize.js';
import { convertedModels } from '../server/inference/converted-models.js';
import { startBenchServer } from './server.js';
import { loadTfjs } from './tfjs.js';

const thresholds = [0.3, 0.5, 0.7, 0.9];
/** Classes of nsfwjs that are adult. */
const [hentai, porn] = [1, 3];

const { values, positionals } = parseArgs({
  options: { images: { type: 'string', default: '200' } },
  allowPositionals: true,
});
const images = listImages(positionals, Number(values.images));

const server = await startBenchServer();
const peer = await (await loadTfjs()).load(convertedModels.moderation);
const scores = { visiond: new Array<number>(), nsfwjs: new Array<number>() };
const times = { visiond: 0, nsfwjs: 0 };
for (const [index, path] of images.entries()) {
  const content = readFileSync(path);
  let started = performance.now();
  const [result] = await server.client.analyze(content, [classification('moderation')]);
  times.visiond += performance.now() - started;
  if (result?.feature?.$case !== 'classification') throw new Error(`${path}: ${result?.error?.message}`);
  scores.visiond.push(result.feature.value.properties.find(({ name }) => name === 'adult')?.probability ?? NaN);

  started = performance.now();
  const image = await decodeImage(content, 1e9);
  const input = resizeRgb(image, 224, 224).map((value) => value / 255);
  const { probabilities } = await peer.run(input, [1, 224, 224, 3]);
  times.nsfwjs += performance.now() - started;
  scores.nsfwjs.push((probabilities?.data[hentai] ?? NaN) + (probabilities?.data[porn] ?? NaN));
  process.stderr.write(`\r${index + 1} of ${images.length} images `);
}
process.stderr.write('\n');
await server.stop();

const row = (name: keyof typeof scores): Record<string, string> => ({
  model: name === 'visiond' ? 'visiond, adult' : 'nsfwjs mobilenet_v2_mid, porn + hentai',
  ...Object.fromEntries(
    thresholds.map((threshold) => {
      const over = scores[name].filter((score) => score > threshold).length;
      return [`over ${threshold}`, `${((100 * over) / images.length).toFixed(1)} %`];
    }),
  ),
  'ms an image': (times[name] / images.length).toFixed(0),
});
console.table([row('visiond'), row('nsfwjs')]);
console.log(`${images.length} images. The time of visiond has its look for text in it.`);
