// node scripts/train.mjs moderation/text FOLDER [--photos 300]
// Fits the probability that text was laid over an image to the share of it that lines of text cover. Every photo of the
// folder is taken twice, as it is and with a text laid over it. Every fifth photo is held out for the figures.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { drawTexts } from '../../datasets/drawn/draw-text.js';
import { sigmoid } from '../../server/inference/sigmoid.js';

const { values, positionals } = parseArgs({
  options: { photos: { type: 'string', default: '300' } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) throw new Error('A folder of photos is needed.');

const texts = [
  'SALE',
  'www.example.org',
  '© 2024 Anna K.',
  'Скидка 50 %',
  'Happy birthday!',
  'Продаю гараж, 8 912 000-00-00',
];
const names = readdirSync(folder).filter((name) => /\.(jpe?g|png)$/i.test(name));
const stride = Math.max(1, Math.floor(names.length / Number(values.photos)));
const photos = names.filter((_, index) => index % stride === 0).slice(0, Number(values.photos));

/** The seeded numbers of Park and Miller, 0..1. */
let state = 20_261_125;
function random(): number {
  state = (state * 48_271) % 0x7fffffff;
  return state / 0x7fffffff;
}

/** The photo with one to three lines of text somewhere, 3 to 10 % of its height each. */
async function overlaid(photo: Buffer): Promise<Buffer> {
  const { width, height } = await sharp(photo).metadata();
  const lines = Array.from({ length: 1 + Math.floor(random() * 3) }, () => texts[Math.floor(random() * texts.length)]!);
  const size = height * (0.03 + 0.07 * random());
  const x = width * 0.5 * random();
  const y = height * (0.1 + 0.6 * random());
  const layer = drawTexts(
    width,
    height,
    lines.map((text, index) => ({ text, x, y: y + index * size * 1.5, size })),
  );
  // Black on white becomes the opacity of white or black letters.
  const alpha = await layer.negate().grayscale().raw().toBuffer();
  const shade = random() < 0.7 ? 255 : 0;
  const rgba = Buffer.alloc(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgba.fill(shade, 4 * pixel, 4 * pixel + 3)[4 * pixel + 3] = alpha[pixel]!;
  }
  const input = { input: rgba, raw: { width, height, channels: 4 as const } };
  return sharp(photo).composite([input]).jpeg({ quality: 90 }).toBuffer();
}

interface Sample {
  readonly coverage: number;
  readonly hasText: boolean;
  readonly heldOut: boolean;
}

// All texts are drawn before an image is decoded: from then on sharp reads no SVG in this process.
const pairs: Array<readonly [plain: Buffer, withText: Buffer]> = [];
for (const name of photos) {
  const plain = readFileSync(join(folder, name));
  pairs.push([plain, await overlaid(plain)]);
}
const { decodeImage } = await import('../../server/image/decode-image.js');
const { readConfig } = await import('../../server/config.js');
const { createInferencePool } = await import('../../server/engine.js');
const { textCoverageOf } = await import('../../server/features/text-detection/find/text-coverage.js');
const { coverageFeature: feature } = await import('../../server/features/classification/moderation/text.js');
const { createLog } = await import('../../server/telemetry/log.js');
const pool = createInferencePool(readConfig({}, {}), createLog(process.stderr));
const textCoverage = textCoverageOf(pool);

const samples: Sample[] = [];
for (const [index, pair] of pairs.entries()) {
  for (const [which, content] of pair.entries()) {
    const image = await decodeImage(content, 20_000_000);
    const coverage = await textCoverage(image, new AbortController().signal);
    samples.push({ coverage, hasText: which === 1, heldOut: index % 5 === 0 });
  }
  process.stderr.write(`\r${index + 1} of ${pairs.length} photos `);
}
process.stderr.write('\n');
await pool.close();

const [slope, intercept] = fit(samples.filter(({ heldOut }) => !heldOut));
const scored = samples.filter(({ heldOut }) => heldOut);
const probability = ({ coverage }: Sample): number => sigmoid(slope * feature(coverage) + intercept);
const share = (list: readonly Sample[]): string =>
  `${((100 * list.filter((sample) => probability(sample) > 0.5).length) / list.length).toFixed(1)} %`;
console.log({
  slope: Number(slope.toFixed(3)),
  intercept: Number(intercept.toFixed(3)),
  'AUC of held-out photos': Number(areaUnderCurve(scored, probability).toFixed(3)),
  'plain over 0.5': share(scored.filter(({ hasText }) => !hasText)),
  'with text over 0.5': share(scored.filter(({ hasText }) => hasText)),
});

/** Logistic regression of one feature by Newton's method. */
function fit(list: readonly Sample[]): [slope: number, intercept: number] {
  let [a, b] = [0, 0];
  for (let step = 0; step < 30; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-6, 0, 1e-6];
    for (const { coverage, hasText } of list) {
      const x = feature(coverage);
      const p = sigmoid(a * x + b);
      const error = p - Number(hasText);
      const weight = p * (1 - p);
      ga += error * x;
      gb += error;
      haa += weight * x * x;
      hab += weight * x;
      hbb += weight;
    }
    const determinant = haa * hbb - hab * hab;
    a -= (hbb * ga - hab * gb) / determinant;
    b -= (haa * gb - hab * ga) / determinant;
  }
  return [a, b];
}

/** Share of pairs of one sample with and one without text that the score puts in order. */
function areaUnderCurve(list: readonly Sample[], score: (sample: Sample) => number): number {
  const withText = list.filter(({ hasText }) => hasText).map(score);
  const plain = list.filter(({ hasText }) => !hasText).map(score);
  let ordered = 0;
  for (const high of withText) for (const low of plain) ordered += high > low ? 1 : high === low ? 0.5 : 0;
  return ordered / (withText.length * plain.length);
}
