// npm run evaluate:lines -- BUILD SET [MODEL]
// Reads rendered lines by the recognizer for Cyrillic and Latin (MODEL, or the one of the server), by the packaged one that
// it was grown from, and by Tesseract with Russian and English, on one thread each, and prints character error rate, exact
// lines and time of each, and the error rate by alphabet. Tesseract reads 300 of the lines, spread over the set.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { readConfig } from '../../server/config.js';
import { createLineSource, type LineSource } from '../../server/features/text-detection/line/crop-line.js';
import type { LineBox } from '../../server/features/text-detection/line/geometry.js';
import { textOf, type RecognizedLine } from '../../server/features/text-detection/line/recognized-line.js';
import { ctcModels, loadCtcRecognizer } from '../../server/features/text-detection/read/ctc-recognizer.js';
import { settleTwins } from '../../server/features/text-detection/read/letter-twins.js';
import { languageDataFinder } from '../../server/features/text-detection/read/tesseract-data.js';
import { TesseractRecognizer } from '../../server/features/text-detection/read/tesseract-recognizer.js';
import { repositoryRoot } from '../../server/paths.js';
import { editDistance } from '../../server/strings/edit-distance.js';

const [build, set, model] = process.argv.slice(2);
if (build === undefined || set === undefined) {
  throw new Error('evaluate:lines needs the build folder and the name of a set.');
}
const forTesseract = 300;

interface Reader {
  readonly name: string;
  /** Reads every so-manieth line. */
  readonly every: number;
  read(line: LineSource): Promise<RecognizedLine>;
}

const texts = readFileSync(`${build}/${set}.texts`, 'utf8').trimEnd().split('\n');
const languages = readFileSync(`${build}/${set}.languages`, 'utf8').split('\n');
const widths = new Int32Array(new Uint8Array(readFileSync(`${build}/${set}.widths`)).buffer);
const pixels = readFileSync(`${build}/${set}.pixels`);
const height = pixels.length / widths.reduce((sum, width) => sum + width, 0);

const letters =
  model === undefined
    ? ctcModels.letters
    : { ...ctcModels.letters, model: { ...ctcModels.letters.model, ...ownFile(model) } };
const [ours, base, tesseract] = [
  await loadCtcRecognizer(letters),
  await loadCtcRecognizer(ctcModels.chinese),
  new TesseractRecognizer(),
];
const found = await Promise.all(
  ['rus', 'eng'].map((name) => languageDataFinder(readConfig({}, process.env)).find(name)),
);
const data = found.filter((one) => one !== undefined);
const readers: Reader[] = [
  { name: 'letters', every: 1, read: async (line) => settleTwins([await ours.read(line)])[0]! },
  { name: 'PP-OCRv4', every: 1, read: (line) => base.read(line) },
  ...(data.length < 2
    ? []
    : [
        {
          name: 'Tesseract rus+eng',
          every: Math.max(1, Math.floor(texts.length / forTesseract)),
          read: (line: LineSource) => tesseract.read(line, data),
        },
      ]),
];

const byLanguage = new Map<string, { edits: number; characters: number }>();
const rows = [];
for (const reader of readers) {
  const some = { lines: 0, edits: 0, characters: 0, exact: 0, milliseconds: 0 };
  let start = 0;
  for (const [index, text] of texts.entries()) {
    const width = widths[index]!;
    const line = lineSourceOf(pixels.subarray(start, start + width * height), width);
    start += width * height;
    if (index % reader.every !== 0) continue;
    const started = performance.now();
    const read = textOf(await reader.read(line));
    some.milliseconds += performance.now() - started;
    const edits = editDistance(read, text);
    some.lines++;
    some.edits += edits;
    some.characters += text.length;
    some.exact += edits === 0 ? 1 : 0;
    if (reader.name === 'letters') {
      const sum = byLanguage.get(languages[index]!) ?? { edits: 0, characters: 0 };
      byLanguage.set(languages[index]!, { edits: sum.edits + edits, characters: sum.characters + text.length });
    }
  }
  rows.push({
    reader: reader.name,
    lines: some.lines,
    'character error rate': (some.edits / some.characters).toFixed(4),
    'exact lines': (some.exact / some.lines).toFixed(3),
    'ms a line': (some.milliseconds / some.lines).toFixed(1),
  });
}
console.table(rows);
console.log(
  [...byLanguage]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([language, { edits, characters }]) => `${language} ${(edits / characters).toFixed(3)}`)
    .join(', '),
);

/** A gray image that is all line. */
function lineSourceOf(gray: Uint8Array, width: number): LineSource {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * gray.length));
  for (const [at, value] of gray.entries()) rgb.fill(value, 3 * at, 3 * at + 3);
  const corners: LineBox = [
    { x: 0, y: 0 },
    { x: width, y: 0 },
    { x: width, y: height },
    { x: 0, y: height },
  ];
  return createLineSource({ width, height, rgb }, corners, width);
}

function ownFile(path: string): { path: string; sha256: string } {
  return {
    path: relative(repositoryRoot, path),
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  };
}
