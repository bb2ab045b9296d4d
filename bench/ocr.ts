// npm run bench:ocr -- FOLDER [--languages en,ru] [--model page|line] [--only PATTERN] [--no-packages] [--beside CLONE]
// Reads a folder of images with known text by visiond, by the tesseract command and by packages from npm, image by image
// in turn, and prints accuracy, time, processor time and memory of each, and images a second with two at a time; then how
// well visiond's confidence tells how much is right, and how well the boxes of its words fit where the folder knows them.
// CLONE is another version of visiond to compare with.
// datasets/ground-truth.ts says what the folder looks like.
import { parseArgs } from 'node:util';
import { readGroundTruth, type LabeledImage } from '../datasets/ground-truth.js';
import { orderAgreement } from '../datasets/reading-order.js';
import { compareWords } from '../datasets/text-accuracy.js';
import { wordBoxOverlaps, wordsOf } from '../datasets/word-boxes.js';
import { editDistance } from '../server/strings/edit-distance.js';
import { startPackage, startVisiond, tesseractCommand, type Reader } from './ocr-readers.js';
import { Reliability } from './reliability.js';

/** Sums over all images. */
class Score {
  #found = 0;
  #expected = 0;
  #read = 0;
  #edits = 0;
  #characters = 0;
  readonly #milliseconds: number[] = [];
  readonly #orders: number[] = [];

  add(image: LabeledImage, text: string, milliseconds: number): void {
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

  row(reader: Reader): Record<string, string> {
    const sorted = this.#milliseconds.toSorted((a, b) => a - b);
    const at = (share: number): string => `${(sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0)} ms`;
    const { peak, cpuSeconds } = reader.usage();
    return {
      reader: reader.name,
      'word recall': (this.#found / this.#expected).toFixed(4),
      'word precision': (this.#found / this.#read).toFixed(4),
      'CER of single lines': this.#characters === 0 ? '-' : (this.#edits / this.#characters).toFixed(4),
      'order (tau)': this.#orders.length === 0 ? '-' : mean(this.#orders).toFixed(4),
      'time p50': at(0.5),
      'time p95': at(0.95),
      'CPU an image': `${((1000 * cpuSeconds) / sorted.length).toFixed(0)} ms`,
      'peak memory': peak === 0 ? '-' : `${peak} MB`,
    };
  }
}

const { values, positionals } = parseArgs({
  options: {
    languages: { type: 'string', default: 'en' },
    model: { type: 'string', default: 'page' },
    only: { type: 'string', default: '' },
    'no-packages': { type: 'boolean', default: false },
    beside: { type: 'string' },
  },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) throw new Error('bench:ocr needs the folder of images.');
const images = readGroundTruth(folder).filter(({ path }) => new RegExp(values.only).test(path));

const task = { codes: values.languages.split(','), model: values.model };
const command = tesseractCommand(task);
const visiond = await startVisiond(task);
const readers: Reader[] = [
  visiond,
  ...(values.beside === undefined ? [] : [await startVisiond(task, values.beside)]),
  ...(command === undefined ? [] : [command]),
  ...(values['no-packages']
    ? []
    : [await startPackage('tesseract.js', task), await startPackage('@gutenye/ocr-node', task)]),
];
const scores = new Map(readers.map((reader) => [reader, new Score()]));
const reliability = new Reliability();
const overlaps: number[] = [];
for (const [index, image] of images.entries()) {
  for (const reader of readers) {
    const started = performance.now();
    const { text, annotation } = await reader.read(image.path);
    scores.get(reader)?.add(image, text, performance.now() - started);
    if (reader !== visiond || annotation === undefined) continue;
    reliability.add(image.lines.join('\n'), annotation);
    overlaps.push(...wordBoxOverlaps(image.words, wordsOf(annotation)).map(({ area }) => area));
  }
  process.stderr.write(`\r${index + 1} of ${images.length} images `);
}
process.stderr.write('\n');
const rows = [...scores].map(([reader, score]) => score.row(reader));
for (const [index, reader] of readers.entries()) {
  rows[index]!['two at a time'] = reader.isConcurrent ? `${(await imagesPerSecond(reader)).toFixed(2)}/s` : '-';
}
console.table(rows);
for (const reader of readers) await reader.stop();

console.log('Confidence of visiond, and the part of such words that are right:');
console.table(reliability.rows());
console.log(`Expected calibration error ${reliability.error().toFixed(3)}`);
if (overlaps.length > 0) {
  console.log(
    `Boxes of ${overlaps.length} words that are read right overlap with the labels by ${mean(overlaps).toFixed(3)} (intersection over union).`,
  );
}

/** Throughput with two images under way all the time. */
async function imagesPerSecond(reader: Reader): Promise<number> {
  const remaining = images.values();
  const readSome = async (): Promise<void> => {
    for (const { path } of remaining) await reader.read(path);
  };
  const started = performance.now();
  await Promise.all([readSome(), readSome()]);
  return (1000 * images.length) / (performance.now() - started);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
