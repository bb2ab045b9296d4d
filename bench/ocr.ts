// npm run bench:ocr -- FOLDER [--languages en,ru] [--model page|line]
// Reads a folder of images with known text by visiond and by the tesseract command line, image by image in turn, and
// prints accuracy and time of both. bench/ground-truth.ts says what the folder looks like.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { textDetection, type FeatureResult } from '../client/index.js';
import { plainText } from '../server/cli/plain-text.js';
import { languages } from '../server/features/text-detection/languages.js';
import { readGroundTruth, type LabelledImage } from './ground-truth.js';
import { orderAgreement } from './reading-order.js';
import { startBenchServer } from './server.js';
import { compareWords, editDistance } from './text-accuracy.js';

/** A way to read an image file. */
interface Reader {
  readonly name: string;
  read(image: LabelledImage): Promise<string>;
}

/** Sums over all images. */
class Score {
  #found = 0;
  #expected = 0;
  #read = 0;
  #edits = 0;
  #characters = 0;
  readonly #milliseconds: number[] = [];
  readonly #orders: number[] = [];

  add(image: LabelledImage, text: string, milliseconds: number): void {
    const expected = image.lines.join('\n');
    const words = compareWords(expected, text);
    this.#found += words.found;
    this.#expected += words.expected;
    this.#read += words.read;
    if (image.lines.length === 1) {
      this.#edits += editDistance(expected, text.trim().replaceAll('\n', ' '));
      this.#characters += expected.length;
    }
    const order = orderAgreement(expected, text);
    if (order !== undefined && image.lines.length > 1) this.#orders.push(order);
    this.#milliseconds.push(milliseconds);
  }

  row(name: string): Record<string, string> {
    const sorted = this.#milliseconds.toSorted((a, b) => a - b);
    const at = (share: number): string => `${(sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0)} ms`;
    return {
      reader: name,
      'word recall': (this.#found / this.#expected).toFixed(4),
      'word precision': (this.#found / this.#read).toFixed(4),
      'CER of single lines': this.#characters === 0 ? '-' : (this.#edits / this.#characters).toFixed(4),
      'order (tau)': this.#orders.length === 0 ? '-' : (this.#orders.reduce((sum, order) => sum + order, 0) / this.#orders.length).toFixed(4),
      'time p50': at(0.5),
      'time p95': at(0.95),
    };
  }
}

const { values, positionals } = parseArgs({
  options: {
    languages: { type: 'string', default: 'en' },
    model: { type: 'string', default: 'page' },
    only: { type: 'string', default: '' },
  },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) throw new Error('bench:ocr needs the folder of images.');
const codes = values.languages.split(',');
const images = readGroundTruth(folder).filter(({ path }) => new RegExp(values.only).test(path));

const server = await startBenchServer();
const readers: Reader[] = [
  {
    name: 'visiond',
    async read({ path }) {
      const feature = textDetection({ languageCodes: codes, model: values.model });
      const [result] = await server.client.analyze(readFileSync(path), [feature]);
      return textOf(result);
    },
  },
];
if (hasTesseract()) readers.push({ name: tesseractName(), read: readByTesseract });

const scores = new Map(readers.map(({ name }) => [name, new Score()]));
for (const [index, image] of images.entries()) {
  for (const reader of readers) {
    const started = performance.now();
    const text = await reader.read(image);
    scores.get(reader.name)?.add(image, text, performance.now() - started);
  }
  process.stderr.write(`\r${index + 1} of ${images.length} images `);
}
process.stderr.write('\n');
const { resident, peak } = server.memory();
const cpu = server.cpuSeconds();
await server.stop();
console.table([...scores].map(([name, score]) => score.row(name)));
console.log(`visiond: memory ${resident} MB, peak ${peak} MB, ${(cpu / images.length).toFixed(2)} CPU seconds an image`);

function textOf(result: FeatureResult | undefined): string {
  if (result?.error !== undefined) throw new Error(result.error.message);
  return plainText(result);
}

function hasTesseract(): boolean {
  return spawnSync('tesseract', ['--version']).status === 0;
}

function tesseractName(): string {
  const [line = ''] = execFileSync('tesseract', ['--version'], { encoding: 'utf8' }).split('\n');
  return `${line} CLI`;
}

async function readByTesseract({ path }: LabelledImage): Promise<string> {
  const names = codes.flatMap((code) => (code === '*' ? ['rus', 'eng'] : [languages.get(code)?.tesseract ?? code]));
  const segmentation = values.model === 'line' ? '7' : '3';
  const args = [path, '-', '-l', names.join('+'), '--psm', segmentation];
  const env = { ...process.env, OMP_THREAD_LIMIT: '1' };
  return execFileSync('tesseract', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] });
}
