// npm run bench:documents -- --folder FOLDER [--dpi 100,150,200,300] [--only PATTERN] [--no-tesseract] [--no-time]
//   [--list] [--limits] [--save FILE.json]
// Reads pages of documents whose words are known with their places, and prints by kind and language how many words are
// read, which lines are missing or cut, numbers, letters of the wrong script, order and boxes; what became of the words
// that are wrong; how well confidence tells how much is right; and the time of a page beside Tesseract's command.
// A folder is one of pages at 150 dpi that datasets/documents/document-page.ts can read. They are scaled to other
// resolutions, so 300 dpi has no more to see than 150.
// --list prints every word that is wrong. --limits lets the process fail where a figure passes its limit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readDocuments, textOfPage, type DocumentPage } from '../datasets/documents/document-page.js';
import { scorePage } from '../datasets/documents/page-score.js';
import { wordsOf } from '../datasets/word-boxes.js';
import { figureRows, figuresOf, outcomeRow, type ScoredPage } from './documents/document-figures.js';
import { reportLimits } from './documents/document-limits.js';
import { scalePages } from './documents/scale-pages.js';
import { median } from './median.js';
import { startVisiond, tesseractCommand, type Reader } from './ocr-readers.js';
import { Reliability } from './reliability.js';

/** Resolution of the pages of a folder, and the one at which time is measured and Tesseract is asked. */
const baseDpi = 150;

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    dpi: { type: 'string', default: '100,150,200,300' },
    only: { type: 'string', default: '' },
    'no-tesseract': { type: 'boolean', default: false },
    'no-time': { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    limits: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
if (values.folder === undefined) throw new Error('bench:documents needs the folder of pages.');
const pages = readDocuments(values.folder).filter(({ path }) => new RegExp(values.only).test(basename(path)));
if (pages.length === 0) throw new Error('No page is left to read.');

interface Run {
  readonly name: string;
  readonly dpi: number;
  readonly scored: ScoredPage[];
  readonly milliseconds: number[];
  readonly reliability: Reliability;
  readonly texts: Map<string, string>;
}

const temporary = mkdtempSync(join(tmpdir(), 'visiond-documents-'));
const task = { codes: ['en'], model: 'page' };
const visiond = await startVisiond(task);
const tesseract = values['no-tesseract'] ? undefined : tesseractCommand(task);
const runs: Run[] = [];
for (const dpi of values.dpi.split(',').map(Number)) {
  const folder = mkdtempSync(join(temporary, `${dpi}-`));
  const scaled = dpi === baseDpi ? pages : await scalePages(pages, dpi / baseDpi, folder);
  const run = newRun('visiond', dpi);
  runs.push(run);
  if (dpi !== baseDpi || values['no-time']) {
    const remaining = scaled.values();
    const readSome = async (): Promise<void> => {
      for (const page of remaining) await read(visiond, page, run);
    };
    await Promise.all([readSome(), readSome()]);
    continue;
  }
  const [once, twice] = [newRun('tesseract', dpi), newRun('tesseract, enlarged twice', dpi)];
  if (tesseract !== undefined) runs.push(once, twice);
  // The first page of a server is slower than the others.
  await visiond.read(scaled[0]!.path, scaled[0]!.languages);
  for (const page of scaled) {
    await read(visiond, page, run);
    if (tesseract === undefined) continue;
    await read(tesseract, page, once);
    const [enlarged] = await scalePages([page], 2, folder);
    await read(tesseract, enlarged!, twice, page);
  }
}
process.stderr.write('\n');
const { peak } = visiond.usage();
await visiond.stop();
rmSync(temporary, { recursive: true });

for (const { name, dpi, scored, reliability, milliseconds } of runs) {
  console.log(`\n${name} at ${dpi} dpi`);
  console.table(figureRows(scored));
  console.log('Words that are not read, by what stands in their place:');
  console.table([outcomeRow(scored)]);
  console.log(`Expected calibration error ${reliability.error().toFixed(4)}`);
  if (milliseconds.length > 0) console.log(`Median time of a page ${median(milliseconds).toFixed(0)} ms`);
  if (values.list && name === 'visiond') listWrong(scored, dpi);
}
const times = (name: string): number =>
  median(runs.find((run) => run.name === name && run.milliseconds.length > 0)?.milliseconds ?? []);
reportLimits(
  new Map(runs.filter(({ name }) => name === 'visiond').map(({ dpi, scored }) => [dpi, scored])),
  {
    calibration: runs.find(({ name, dpi }) => name === 'visiond' && dpi === baseDpi)?.reliability.error() ?? NaN,
    timeRatio: times('visiond') / times('tesseract'),
    peakMb: peak === 0 ? NaN : peak,
  },
  values.limits,
);
if (values.save !== undefined) save(values.save);

function newRun(name: string, dpi: number): Run {
  return { name, dpi, scored: [], milliseconds: [], reliability: new Reliability(), texts: new Map() };
}

/** @param original the page whose words are scored, where the image that is read has twice its size */
async function read(reader: Reader, page: DocumentPage, run: Run, original?: DocumentPage): Promise<void> {
  const started = performance.now();
  const { text, annotation } = await reader.read(page.path, page.languages);
  if (run.dpi === baseDpi && !values['no-time']) run.milliseconds.push(performance.now() - started);
  const words = annotation === undefined ? [] : wordsOf(annotation);
  run.scored.push({ page: original ?? page, score: scorePage(page, text, words) });
  run.texts.set(basename(page.path), text);
  if (annotation !== undefined) run.reliability.add(textOfPage(page), annotation);
  process.stderr.write(`\r${run.name} at ${run.dpi} dpi: ${run.scored.length} of ${pages.length} pages   `);
}

function listWrong(scored: readonly ScoredPage[], dpi: number): void {
  for (const { page, score } of scored.toSorted((a, b) => a.page.path.localeCompare(b.page.path))) {
    const name = `${basename(page.path)}\t${dpi}`;
    for (const { outcome, printed, read: got } of score.wrong) console.log(`${name}\t${outcome}\t${printed}\t${got}`);
    for (const word of score.extra) console.log(`${name}\textra\t\t${word}`);
  }
}

function save(file: string): void {
  const saved = runs.map(({ name, dpi, scored, milliseconds, texts }) => ({
    name,
    dpi,
    figures: figuresOf(scored),
    milliseconds,
    pages: scored.map(({ page, score }) => ({
      image: basename(page.path),
      kind: page.kind,
      language: page.language,
      ...score,
      overlaps: undefined,
      text: texts.get(basename(page.path)),
    })),
  }));
  writeFileSync(file, JSON.stringify(saved, undefined, 1));
}
