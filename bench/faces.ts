// npm run bench:faces -- FOLDER [--images N] [--without-peer]
// Finds the faces in the images of a folder: with the packaged models, with the same models in TensorFlow.js
// (WebAssembly, one thread; FaceBoxes whole, with the anchors and the suppression that it was published with), and with
// YuNet where it was pulled. Where `faces.json`, in the folder or beside it, has the
// faces of an image ({ "FOLDER/NAME.jpg": [[left, top, right, bottom], ...] }), it prints how well they are found; of all
// other images, in how many a face was found.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { detectionAccuracy } from '../datasets/detection-accuracy.js';
import { modelsFolder, readConfig } from '../server/config.js';
import { minScore } from '../server/features/face-detection/annotation.js';
import { createBlazeFaceFinder } from '../server/features/face-detection/blaze-face.js';
import { overlap, type Face, type FindFaces } from '../server/features/face-detection/face.js';
import { fuse } from '../server/features/face-detection/fuse.js';
import { createPackagedFinder } from '../server/features/face-detection/packaged-finder.js';
import { createYuNetFinder, yuNetOutputs } from '../server/features/face-detection/yunet.js';
import { decodeImage } from '../server/image/decode-image.js';
import type { Rectangle } from '../server/image/polygon.js';
import { resizeRgb } from '../server/image/resize.js';
import { convertedModels } from '../server/inference/converted-models.js';
import { loadConvertedModel, loadPulledModel } from '../server/inference/onnx/onnx-session.js';
import { findPulledModel, pulledModels } from '../server/inference/pulled-models.js';
import { median } from './median.js';
import { loadTfjs, type Tfjs } from './tfjs.js';

/** Heights of faces over the longer side of the image, from which on a group begins. */
const sizes = [0, 0.02, 0.03, 0.04, 0.06, 0.1] as const;

interface Finder {
  readonly name: string;
  readonly find: FindFaces;
}

const { values, positionals } = parseArgs({
  options: { images: { type: 'string', default: '100000' }, 'without-peer': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) throw new Error('bench:faces needs the folder of images.');
const truth = readFaces(folder);
const names = readdirSync(folder)
  .filter((name) => /\.(jpe?g|png)$/i.test(name))
  .slice(0, Number(values.images));

const longerSides: number[] = [];
const finders = await loadFinders();
const results = finders.map(({ name }) => ({
  name,
  milliseconds: [] as number[],
  cpuMicroseconds: 0,
  found: [] as Face[][],
}));
for (const [index, name] of names.entries()) {
  const image = await decodeImage(readFileSync(join(folder, name)), 1e9);
  longerSides.push(Math.max(image.width, image.height));
  for (const [finder, result] of results.entries()) {
    const started = performance.now();
    const before = process.cpuUsage();
    result.found.push((await finders[finder]?.find(image)) ?? []);
    result.milliseconds.push(performance.now() - started);
    const { user, system } = process.cpuUsage(before);
    result.cpuMicroseconds += user + system;
  }
  process.stderr.write(`\r${index + 1} of ${names.length} images `);
}
process.stderr.write('\n');
console.table(
  results.map(({ name, milliseconds, cpuMicroseconds, found }) => ({
    engine: name,
    ...accuracy(found),
    'ms p50': median(milliseconds).toFixed(0),
    'CPU ms': (cpuMicroseconds / 1000 / names.length).toFixed(0),
  })),
);
if (truth.size > 0) console.table(Object.fromEntries(results.map(({ name, found }) => [name, recallBySize(found)])));
const unlabeled = names.filter((file) => !truth.has(file));
for (const { name, found } of results) {
  if (unlabeled.length === 0) break;
  const [withFace, without] = [true, false].map((has) =>
    unlabeled.filter((file) => faceCount(found[names.indexOf(file)]) > 0 === has),
  );
  console.log(`${name}: a face in ${withFace?.length} of ${unlabeled.length} images without labels`);
  const fewer = [withFace, without].find((list) => list !== undefined && list.length <= unlabeled.length / 2);
  console.log(`  ${fewer === withFace ? 'a face in' : 'none in'}: ${fewer?.join(' ')}`);
}

async function loadFinders(): Promise<Finder[]> {
  const models = {
    faceBoxes: await loadConvertedModel(convertedModels.faceBoxes),
    blazeFace: await loadConvertedModel(convertedModels.blazeFace),
  };
  const loaded: Finder[] = [{ name: 'packaged', find: createPackagedFinder(models) }];
  const path = await findPulledModel(pulledModels.yuNet, modelsFolder(readConfig({}, process.env)));
  if (path !== undefined) {
    const yuNet = await loadPulledModel(pulledModels.yuNet, path, yuNetOutputs);
    loaded.push({ name: 'YuNet', find: createYuNetFinder(yuNet) });
  }
  if (!values['without-peer']) {
    const tfjs = await loadTfjs();
    const findWithBlazeFace = createBlazeFaceFinder(await tfjs.load(convertedModels.blazeFace));
    const findWithFaceBoxes = await loadPublishedFaceBoxes(tfjs);
    const find: FindFaces = async (image) =>
      fuse(await findWithFaceBoxes(image), await findWithBlazeFace(image), image);
    loaded.push({ name: 'packaged, in tfjs-wasm', find });
  }
  return loaded;
}

/** FaceBoxes as it was published: takes the image at the size that ours sees, gives up to 200 boxes as parts of it. */
async function loadPublishedFaceBoxes(tfjs: Tfjs): Promise<FindFaces> {
  const run = await tfjs.loadWhole(convertedModels.faceBoxes, 'image_tensor', ['boxes', 'scores']);
  return async (image) => {
    const scale = 1024 / Math.max(image.width, image.height);
    const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
    const [boxes, scores] = await run(Int32Array.from(resizeRgb(image, width, height)), [1, height, width, 3]);
    return Array.from(scores ?? [], (score, index) => {
      const [top = 0, left = 0, bottom = 0, right = 0] = boxes?.subarray(4 * index, 4 * index + 4) ?? [];
      return {
        left: left * image.width,
        top: top * image.height,
        right: right * image.width,
        bottom: bottom * image.height,
        score,
      };
    }).filter(({ score }) => score > 0);
  };
}

function accuracy(found: readonly Face[][]): Record<string, string> {
  const labeled = names.flatMap((name, index) => {
    const expected = truth.get(name);
    return expected === undefined ? [] : [{ expected, found: found[index] ?? [] }];
  });
  if (labeled.length === 0) return {};
  const half = detectionAccuracy(labeled, 0.5);
  const told = labeled.map(({ expected, found: faces }) => ({
    expected,
    found: faces.filter(({ score }) => score >= minScore),
  }));
  const expected = told.reduce((sum, image) => sum + image.expected.length, 0);
  const count = told.reduce((sum, image) => sum + image.found.length, 0);
  const right = detectionAccuracy(told, 0.3).recallAt(Infinity) * expected;
  return {
    'AP@0.5': half.averagePrecision.toFixed(3),
    'AP@0.3': detectionAccuracy(labeled, 0.3).averagePrecision.toFixed(3),
    'recall at 0.1 false an image': half.recallAt(0.1).toFixed(3),
    'told: recall@0.3': (right / expected).toFixed(3),
    'told: precision@0.3': (right / count).toFixed(3),
  };
}

/** Share of the faces that are told, by their height over the longer side of the image. */
function recallBySize(found: readonly Face[][]): Record<string, string> {
  const counts = sizes.map(() => ({ expected: 0, right: 0 }));
  for (const [index, name] of names.entries()) {
    const told = (found[index] ?? []).filter(({ score }) => score >= minScore);
    for (const face of truth.get(name) ?? []) {
      const size = (face.bottom - face.top) / (longerSides[index] ?? 1);
      const count = counts[sizes.findLastIndex((least) => size >= least)];
      if (count === undefined) continue;
      count.expected++;
      if (told.some((other) => overlap(face, other) >= 0.3)) count.right++;
    }
  }
  return Object.fromEntries(
    counts.map(({ expected, right }, index) => [
      `from ${100 * sizes[index]!} %`,
      `${(right / expected).toFixed(2)} of ${expected}`,
    ]),
  );
}

function faceCount(faces: readonly Face[] = []): number {
  return faces.filter(({ score }) => score >= minScore).length;
}

/** Faces by the names of the images in the folder. */
function readFaces(images: string): Map<string, Rectangle[]> {
  const list = [join(images, 'faces.json'), join(dirname(images), 'faces.json')].find((path) => existsSync(path));
  if (list === undefined) return new Map();
  const boxes: Record<string, ReadonlyArray<readonly [number, number, number, number]>> = JSON.parse(
    readFileSync(list, 'utf8'),
  );
  return new Map(
    Object.entries(boxes)
      .filter(([path]) => join(dirname(list), path) === join(images, basename(path)))
      .map(([path, faces]) => [
        basename(path),
        faces.map(([left, top, right, bottom]) => ({ left, top, right, bottom })),
      ]),
  );
}
