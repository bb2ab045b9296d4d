// npm run bench:conversion -- FOLDER [--images 20] [--write]
// Runs every converted model on the images of a folder, in ONNX Runtime and in TensorFlow.js (WebAssembly) with one
// thread each, and prints the largest differences and the times. --write stores what TensorFlow.js gives for the fixed
// picture that every conversion is verified with.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeImage } from '../server/image/decode-image.js';
import { resizeRgb } from '../server/image/resize.js';
import { convertModel } from '../server/inference/converted-model-file.js';
import { convertedModels, type ConvertedModel } from '../server/inference/converted-models.js';
import { createSession, runSession, type OnnxOutput } from '../server/inference/onnx/onnx-runtime.js';
import { conversionTolerance, sampleOutput, testPicture } from '../server/inference/verify-conversion.js';
import { repositoryRoot } from '../server/paths.js';
import { loadTfjs } from './tfjs.js';

const { values, positionals } = parseArgs({
  options: { images: { type: 'string', default: '20' }, write: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined && !values.write) throw new Error('bench:conversion needs a folder of images.');
const images =
  folder === undefined
    ? []
    : readdirSync(folder)
        .filter((name) => /\.(jpe?g|png)$/.test(name))
        .slice(0, Number(values.images));

const tfjs = await loadTfjs();
const rows: Record<string, Record<string, string | number>> = {};
const samples: string[] = [];
let worst = 0;
for (const model of Object.values<ConvertedModel>(convertedModels)) {
  let started = performance.now();
  const onnx = await convertModel(model);
  const convertMs = performance.now() - started;
  const session = await createSession(onnx);
  const peer = await tfjs.load(model);
  const picture = testPicture(model);
  const expected = await peer.run(picture.data, picture.shape);
  samples.push(formatSamples(model.name, expected));

  let difference = differenceOf(await runSession(session, picture.data, picture.shape), expected);
  let ourMs = 0;
  let peerMs = 0;
  for (const name of images) {
    const data = await readInput(join(folder ?? '', name), model, picture.shape);
    started = performance.now();
    const ours = await runSession(session, data, picture.shape);
    ourMs += performance.now() - started;
    started = performance.now();
    const theirs = await peer.run(data, picture.shape);
    peerMs += performance.now() - started;
    difference = Math.max(difference, differenceOf(ours, theirs));
  }
  worst = Math.max(worst, difference);
  rows[model.name] = {
    'ONNX MB': (onnx.length / 1e6).toFixed(1),
    'conversion ms': Math.round(convertMs),
    'largest difference': difference.toExponential(1),
    'ONNX Runtime ms': (ourMs / images.length).toFixed(1),
    'tfjs-wasm ms': (peerMs / images.length).toFixed(1),
    ratio: (ourMs / peerMs).toFixed(3),
  };
  await session.release();
}
console.table(rows);
console.log(`${images.length} images and the fixed picture. Differences above 1 are taken in proportion to the value.`);
if (values.write) {
  const path = join(repositoryRoot, 'server/inference/converted-models.expected.ts');
  const head = readFileSync(path, 'utf8').split('= {')[0];
  writeFileSync(path, `${head}= {\n${samples.join('')}};\n`);
}
if (worst > conversionTolerance) process.exitCode = 1;

async function readInput(
  path: string,
  { range: [low, high] }: ConvertedModel,
  shape: readonly number[],
): Promise<Float32Array> {
  const image = await decodeImage(readFileSync(path), 1e9);
  const [, height = 1, width = 1] = shape;
  return resizeRgb(image, width, height).map((value) => low + ((high - low) * value) / 255);
}

/** Largest difference of all values: absolute up to 1, relative above. */
function differenceOf(
  ours: Readonly<Record<string, OnnxOutput>>,
  theirs: Readonly<Record<string, OnnxOutput>>,
): number {
  let largest = 0;
  for (const [name, { data, shape }] of Object.entries(theirs)) {
    const other = ours[name];
    if (other?.shape.join() !== shape.join()) {
      throw new Error(`Output ${name} has the shape ${other?.shape.join()}, not ${shape.join()}`);
    }
    for (const [index, value] of data.entries()) {
      const difference = Math.abs(value - (other.data[index] ?? NaN)) / Math.max(1, Math.abs(value));
      if (!(difference <= largest)) largest = difference;
    }
  }
  return largest;
}

function formatSamples(name: string, outputs: Readonly<Record<string, OnnxOutput>>): string {
  const lines = Object.entries(outputs).map(([output, { data }]) => {
    const { mean, values: sampled } = sampleOutput(data);
    const numbers = sampled.map((value) => Number(value.toPrecision(6))).join(', ');
    return `    ${output}: { mean: ${Number(mean.toPrecision(6))}, values: [${numbers}] },\n`;
  });
  return `  '${name}': {\n${lines.join('')}  },\n`;
}
