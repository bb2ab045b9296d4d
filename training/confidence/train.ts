// npm run train:confidence -- LANGUAGES MODEL FOLDER [LANGUAGES MODEL FOLDER]...
// Reads images with known text and fits the confidence of each recognizer to the share of its words that are right. Prints
// the calibrations of server/features/text-detection/read/{latin-cyrillic,chinese,tesseract-recognizer}.ts. MODEL is page or
// line; datasets/ground-truth.ts describes a folder.
import { readFileSync } from 'node:fs';
import { readGroundTruth } from '../../datasets/ground-truth.js';
import { wordKey } from '../../datasets/text-accuracy.js';
import { readConfig } from '../../server/config.js';
import { createInferencePool } from '../../server/engine.js';
import { lineFinderOf } from '../../server/features/text-detection/find/line-finder.js';
import { wholeImage } from '../../server/features/text-detection/line/geometry.js';
import { logit, type Calibration } from '../../server/features/text-detection/read/calibrate.js';
import { chooseReadings } from '../../server/features/text-detection/read/choose-readings.js';
import { planReading } from '../../server/features/text-detection/read/reading-plan.js';
import { readers } from '../../server/features/text-detection/read/recognizers.js';
import { languageDataFinder } from '../../server/features/text-detection/read/tesseract-data.js';
import { decodeImage } from '../../server/image/decode-image.js';
import { sigmoid } from '../../server/inference/sigmoid.js';
import { silentLog } from '../../server/telemetry/log.js';

/** A word: who read it, the logit of its line, and whether it is right. */
interface Sample {
  readonly reader: string;
  readonly logit: number;
  readonly isRight: boolean;
}

const steps = 20_000;
const rate = 0.5;

const config = readConfig({}, {});
const pool = createInferencePool(config, silentLog);
const findLines = lineFinderOf(pool);
const never = new AbortController().signal;
const samples: Sample[] = [];
const tasks = process.argv.slice(2);
for (let at = 0; at + 2 < tasks.length; at += 3) {
  const [codes = '', model = '', folder = ''] = tasks.slice(at, at + 3);
  const plan = await planReading(codes.split(','), languageDataFinder(config));
  const images = readGroundTruth(folder);
  for (const [index, { path, lines }] of images.entries()) {
    const image = await decodeImage(readFileSync(path), 1e8);
    const boxes = model === 'line' ? [wholeImage(image)] : await findLines(image, never);
    const readings = await pool.run('readLines', { image, boxes, plan }, never);
    const left = new Map<string, number>();
    for (const key of lines.join(' ').split(/\s+/).map(wordKey)) left.set(key, (left.get(key) ?? 0) + 1);
    const words = chooseReadings(readings).flatMap(({ reader, confidence, words: read }) =>
      read.map(({ text }) => ({ reader, key: wordKey(text), confidence })),
    );
    for (const { reader, key, confidence } of words.toSorted((a, b) => b.confidence - a.confidence)) {
      if (key === '') continue;
      const count = left.get(key) ?? 0;
      left.set(key, count - 1);
      samples.push({ reader: reader.name, logit: logit(confidence), isRight: count > 0 });
    }
    process.stderr.write(`\r${folder}: ${index + 1} of ${images.length} images `);
  }
  process.stderr.write('\n');
}
await pool.close();
for (const { name } of readers) {
  const own = samples.filter(({ reader }) => reader === name);
  const { scale, offset } = fit(own);
  console.log(`${name}: { scale: ${scale.toFixed(3)}, offset: ${offset.toFixed(3)} }, of ${own.length} words`);
}

/** Logistic regression by gradient descent. */
function fit(all: readonly Sample[]): Calibration {
  let [scale, offset] = [1, 0];
  for (let step = 0; step < steps && all.length > 0; step++) {
    let [byScale, byOffset] = [0, 0];
    for (const sample of all) {
      const error = sigmoid(scale * sample.logit + offset) - (sample.isRight ? 1 : 0);
      byScale += error * sample.logit;
      byOffset += error;
    }
    scale -= (rate * byScale) / all.length / 4;
    offset -= (rate * byOffset) / all.length / 4;
  }
  return { scale, offset };
}
