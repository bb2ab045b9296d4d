// npm run bench:quality -- FOLDER [--limit N] [--cache FILE]
// Judges the images of the test part of BIQ2021 in FOLDER (datasets/quality/ratings.ts says what it looks like) and
// prints how well that agrees with people, beside OpenCV's BRISQUE with its own model where python3-opencv and
// opencv-data of Debian are installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { agreement, classOf, correlation, likeliest, logLoss, rankCorrelation } from '../datasets/quality/figures.js';
import { featureCache, measureImages } from '../datasets/quality/image-features.js';
import { readRatings, type RatedImage } from '../datasets/quality/ratings.js';
import { loadBackboneJobs } from '../server/features/backbone/backbone-jobs.js';
import { readCoefficients } from '../server/features/classification/quality/coefficients.js';
import { probabilities } from '../server/features/classification/quality/probabilities.js';
import { regressor } from '../server/features/classification/quality/regressor.js';
import { scoreQuality } from '../server/features/classification/quality/score-quality.js';
import { decodeImage } from '../server/image/decode-image.js';
import { median } from './median.js';

const { values, positionals } = parseArgs({
  options: { limit: { type: 'string', default: 'Infinity' }, cache: { type: 'string', default: featureCache('test') } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) throw new Error('bench:quality needs the folder of BIQ2021.');
const images = readRatings(folder, 'Test').slice(0, Number(values.limit));
const truth = images.map(({ score }) => score);
const { preparation, regression, reliability, opinions } = readCoefficients();
const last = opinions.length - 1;
const trueClasses = truth.map((score) => classOf(score, [opinions[last / 3]!, opinions[(2 * last) / 3]!]));

const expect = regressor(preparation, regression);
const places = (await measureImages(images, values.cache)).map((features) => expect(features));
const given = places.map((place) => probabilities(reliability, place));
const scores = places.map((place) => opinionAt(place));
const times = await timeImages(images.slice(0, 50));
const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import cv2; cv2.quality']).status === 0,
);
const peer = python === undefined ? undefined : brisque(python, images);

console.table({
  visiond: {
    ...ranking(scores),
    ...agreementOf(given.map(likeliest)),
    'log loss': logLoss(given, trueClasses).toFixed(4),
  },
  ...(peer !== undefined && {
    [`BRISQUE of OpenCV ${peer.version}`]: { ...ranking(peer.scores), ...agreementOf(byTerciles(peer.scores)) },
  }),
});
if (peer === undefined) console.log('There is no python3-opencv here to compare with.');
const subsets = [...new Set(images.map(subsetOf))].toSorted();
console.table(Object.fromEntries(subsets.map((subset) => [subset, subsetRow(subset)])));
console.table(reliabilityRows());
console.log(
  `Time per image, median: ${median(times.quality).toFixed(0)} ms, and ${median(times.backbone).toFixed(0)} ms of the backbone, which moderation runs anyway`,
);

/** Milliseconds that the backbone and the rest take, image by image on one thread. */
async function timeImages(some: readonly RatedImage[]): Promise<{ backbone: number[]; quality: number[] }> {
  const { runBackbone } = loadBackboneJobs();
  const spent: { backbone: number[]; quality: number[] } = { backbone: [], quality: [] };
  for (const { path } of some) {
    const image = await decodeImage(await readFile(path), 20_000_000);
    const started = performance.now();
    const { activationMap } = await runBackbone({ image });
    const backboneDone = performance.now();
    scoreQuality(image, activationMap);
    spent.backbone.push(backboneDone - started);
    spent.quality.push(performance.now() - backboneDone);
  }
  return spent;
}

/** The opinion of the training image at a rank, straight between the ranks that are kept. */
function opinionAt(place: number): number {
  const at = Math.min(last, Math.max(0, place * last));
  const below = Math.min(last - 1, Math.floor(at));
  return opinions[below]! + (at - below) * (opinions[below + 1]! - opinions[below]!);
}

function ranking(predicted: readonly number[]): Record<string, string> {
  return { SROCC: rankCorrelation(predicted, truth).toFixed(4), PLCC: correlation(predicted, truth).toFixed(4) };
}

function agreementOf(classes: readonly number[]): Record<string, string> {
  const { accuracy, swaps } = agreement(classes, trueClasses);
  return { accuracy: accuracy.toFixed(4), 'low-high swaps': `${(100 * swaps).toFixed(2)} %` };
}

/** Classes of a method that knows no scale: thirds of what it says, which is more than it could know of one image. */
function byTerciles(predicted: readonly number[]): number[] {
  const sorted = predicted.toSorted((a, b) => a - b);
  const third = (count: number): number => sorted[Math.floor((count * sorted.length) / 3)]!;
  return predicted.map((score) => classOf(score, [third(1), third(2)]));
}

function subsetOf({ name }: RatedImage): string {
  return name.split(' ')[0] ?? name;
}

function subsetRow(subset: string): Record<string, string | number> {
  const inside = images.flatMap((image, index) => (subsetOf(image) === subset ? [index] : []));
  const pick = (all: readonly number[]): number[] => inside.map((index) => all[index]!);
  return {
    images: inside.length,
    SROCC: rankCorrelation(pick(scores), pick(truth)).toFixed(4),
    ...(peer !== undefined && { 'SROCC of BRISQUE': rankCorrelation(pick(peer.scores), pick(truth)).toFixed(4) }),
  };
}

/** Images by the probability that they were given, beside the share of those that people did put there. */
function reliabilityRows(): Array<Record<string, string | number>> {
  return [0, 0.2, 0.4, 0.6, 0.8].map((from) => {
    const row: Record<string, string | number> = { given: `${from.toFixed(1)}-${(from + 0.2).toFixed(1)}` };
    for (const [index, property] of (['low', 'medium', 'high'] as const).entries()) {
      const inside = given.flatMap((one, at) => (one[property] >= from && one[property] < from + 0.2 ? [at] : []));
      row[`${property}: images`] = inside.length;
      row[`${property}: mean given`] = share(inside.map((at) => given[at]![property]));
      row[`${property}: true`] = share(inside.map((at) => (trueClasses[at] === index ? 1 : 0)));
    }
    return row;
  });
}

function share(of: readonly number[]): string {
  return of.length === 0 ? '-' : (of.reduce((sum, value) => sum + value, 0) / of.length).toFixed(3);
}

/**
 * Scores by the model that OpenCV's contributors trained on the LIVE set. It grows with the damage, so it is negated.
 */
function brisque(command: string, all: readonly RatedImage[]): { version: string; scores: number[] } {
  const script = [
    'import cv2, sys',
    'print(cv2.__version__)',
    "folder = '/usr/share/opencv4/quality/'",
    "judge = cv2.quality.QualityBRISQUE_create(folder + 'brisque_model_live.yml', folder + 'brisque_range_live.yml')",
    'for line in sys.stdin: print(-judge.compute(cv2.imread(line.rstrip()))[0])',
  ].join('\n');
  const input = all.map(({ path }) => path).join('\n');
  const output = execFileSync(command, ['-c', script], { input, encoding: 'utf8', maxBuffer: 1e8 });
  const [version = '', ...lines] = output.trim().split('\n');
  return { version, scores: lines.map(Number) };
}
