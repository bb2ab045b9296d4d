// npm run evaluate:lines -- BUILD SET [MODEL]
// Reads rendered lines with the recognizer for Latin and Cyrillic (MODEL, or that of the server), with the packaged one that
// it was trained from, and with Tesseract for Russian and English, each on one thread. Prints the character error rate, exact
// lines and time of each, and the error rate by language. Tesseract reads 300 of the lines, spread over the set.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { readConfig } from '../../server/config.js';
import { createLineSource, type LineSource } from '../../server/features/text-detection/line/crop-line.js';
import { wholeImage } from '../../server/features/text-detection/line/geometry.js';
import { textOf, type RecognizedLine } from '../../server/features/text-detection/line/recognized-line.js';
import { chineseModel } from '../../server/features/text-detection/read/chinese.js';
import { loadCtcRecognizer } from '../../server/features/text-detection/read/ctc/ctc-recognizer.js';
import { unifyScripts } from '../../server/features/text-detection/read/homoglyphs.js';
import { latinCyrillicModel } from '../../server/features/text-detection/read/latin-cyrillic.js';
import { languageDataFinder } from '../../server/features/text-detection/read/tesseract-data.js';
import { TesseractRecognizer } from '../../server/features/text-detection/read/tesseract-recognizer.js';
import { repositoryRoot } from '../../server/paths.js';
import { editDistance } from '../../server/strings/edit-distance.js';

const [build, set, model] = process.argv.slice(2);
if (build === undefined || set === undefined) {
  throw new Error('evaluate:lines needs the build folder and the name of a set.');
}
const tesseractLines = 300;

interface Reader {
  readonly name: string;
  /** Reads every nth line. */
  readonly every: number;
  read(line: LineSource): Promise<RecognizedLine>;
}

const texts = readFileSync(`${build}/${set}.texts`, 'utf8').trimEnd().split('\n');
const languages = readFileSync(`${build}/${set}.languages`, 'utf8').split('\n');
const widths = new Int32Array(new Uint8Array(readFileSync(`${build}/${set}.widths`)).buffer);
const pixels = readFileSync(`${build}/${set}.pixels`);
const height = pixels.length / widths.reduce((sum, width) => sum + width, 0);

const ourModel =
  model === undefined
    ? latinCyrillicModel
    : { ...latinCyrillicModel, model: { ...latinCyrillicModel.model, ...ownFile(model) } };
const [ours, base, tesseract] = [
  await loadCtcRecognizer(ourModel),
  await loadCtcRecognizer(chineseModel),
  new TesseractRecognizer(),
];
const finder = languageDataFinder(readConfig({}, process.env));
const data = (await Promise.all(['rus', 'eng'].map((name) => finder.find(name)))).filter((file) => file !== undefined);
const readers: Reader[] = [
  { name: 'visiond', every: 1, read: async (line) => unifyScripts([await ours.read(line)])[0]! },
  { name: 'PP-OCRv4', every: 1, read: (line) => base.read(line) },
  ...(data.length < 2
    ? []
    : [
        {
          name: 'Tesseract rus+eng',
          every: Math.max(1, Math.floor(texts.length / tesseractLines)),
          read: (line: LineSource) => tesseract.read(line, data),
        },
      ]),
];

const byLanguage = new Map<string, { edits: number; characters: number }>();
const rows = [];
for (const reader of readers) {
  const totals = { lines: 0, edits: 0, characters: 0, exact: 0, milliseconds: 0 };
  let start = 0;
  for (const [index, text] of texts.entries()) {
    const width = widths[index]!;
    const line = lineSourceOf(pixels.subarray(start, start + width * height), width);
    start += width * height;
    if (index % reader.every !== 0) continue;
    const started = performance.now();
    const read = textOf(await reader.read(line));
    totals.milliseconds += performance.now() - started;
    const edits = editDistance(read, text);
    totals.lines++;
    totals.edits += edits;
    totals.characters += text.length;
    totals.exact += edits === 0 ? 1 : 0;
    if (reader.name === 'visiond') {
      const sum = byLanguage.get(languages[index]!) ?? { edits: 0, characters: 0 };
      byLanguage.set(languages[index]!, { edits: sum.edits + edits, characters: sum.characters + text.length });
    }
  }
  rows.push({
    reader: reader.name,
    lines: totals.lines,
    'character error rate': (totals.edits / totals.characters).toFixed(4),
    'exact lines': (totals.exact / totals.lines).toFixed(3),
    'ms a line': (totals.milliseconds / totals.lines).toFixed(1),
  });
}
console.table(rows);
console.log(
  [...byLanguage]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([language, { edits, characters }]) => `${language} ${(edits / characters).toFixed(3)}`)
    .join(', '),
);

/** The line that a gray image is. */
function lineSourceOf(gray: Uint8Array, width: number): LineSource {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * gray.length));
  for (const [at, value] of gray.entries()) rgb.fill(value, 3 * at, 3 * at + 3);
  const image = { width, height, rgb };
  return createLineSource(image, wholeImage(image), width);
}

function ownFile(path: string): { path: string; sha256: string } {
  return {
    path: relative(repositoryRoot, path),
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  };
}
