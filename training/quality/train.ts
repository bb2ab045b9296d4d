// npm run train:quality -- FOLDER [--cache FILE]
// Trains the quality regressor on the training part of BIQ2021 in FOLDER (datasets/quality/ratings.ts says what it looks like), prints
// its figures by cross-validation and writes coefficients.json and its checksum. The test part is never read.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { agreement, classOf, likeliest, logLoss, rankCorrelation, ranks } from '../../datasets/quality/figures.js';
import { featureCache, measureImages } from '../../datasets/quality/image-features.js';
import { readRatings } from '../../datasets/quality/ratings.js';
import {
  checksumPath,
  coefficientsPath,
  type Coefficients,
} from '../../server/features/classification/quality/coefficients.js';
import {
  probabilities,
  rankCuts,
  type Reliability,
} from '../../server/features/classification/quality/probabilities.js';
import { preparer } from '../../server/features/classification/quality/regressor.js';
import { trainRegression } from './fit-regression.js';
import { fitReliability } from './fit-reliability.js';
import { prepare } from './prepare.js';
import { settings } from './settings.js';

const { values, positionals } = parseArgs({ options: { cache: { type: 'string' } }, allowPositionals: true });
const [folder] = positionals;
if (folder === undefined) throw new Error('train:quality needs the folder of BIQ2021.');

const images = readRatings(folder, 'Train');
const scores = images.map(({ score }) => score);
// Most opinions are good scores. Ranks are spread evenly, and ranking images well is what matters.
const places = [...ranks(scores)].map((rank) => rank / (scores.length - 1));
const features = await measureImages(images, values.cache ?? featureCache('train'));

step('Finding principal components ...');
const preparation = prepare(features);
const vectors = features.map(preparer(preparation));

step('Training ...');
const { regression, heldOut } = trainRegression({ vectors, ranks: places, handLength: preparation.hand.length });
const reliability = fitReliability(heldOut, places);
report(heldOut, reliability);
write({
  trainedOn: `BIQ2021, official training part, ${images.length} images`,
  preparation,
  regression,
  reliability,
  opinions: quantilesOf(scores),
});

function quantilesOf(all: readonly number[]): number[] {
  const sorted = all.toSorted((a, b) => a - b);
  return Array.from(
    { length: settings.opinions },
    (_, index) => sorted[Math.round((index / (settings.opinions - 1)) * (sorted.length - 1))]!,
  );
}

function report(expectations: readonly number[], fitted: Reliability): void {
  const given = expectations.map((score) => probabilities(fitted, score));
  const truth = places.map((place) => classOf(place, rankCuts));
  const { accuracy, swaps } = agreement(given.map(likeliest), truth);
  console.table({
    'by cross-validation': {
      images: scores.length,
      SROCC: rankCorrelation(expectations, scores).toFixed(4),
      'log loss': logLoss(given, truth).toFixed(4),
      accuracy: accuracy.toFixed(4),
      'low-high swaps': `${(100 * swaps).toFixed(2)} %`,
    },
  });
}

/** Seven digits are more precise than the regression, and halve the size of the file. */
function write(coefficients: Coefficients): void {
  const short = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(7)) : value;
  const json = `${JSON.stringify(coefficients, short)}\n`;
  writeFileSync(coefficientsPath, json);
  const sha256 = createHash('sha256').update(json).digest('hex');
  writeFileSync(checksumPath, `${sha256}  ${basename(coefficientsPath)}\n`);
  step(`Wrote ${coefficientsPath}, ${(json.length / 1024).toFixed(0)} KB`);
}

function step(text: string): void {
  process.stderr.write(`${text}\n`);
}
