// npm run bench:documents -- [--folder FOLDER] [--dpi 100,150,200,300] [--only PATTERN] [--no-tesseract] [--no-time]
//   [--no-scans] [--list] [--limits] [--save FILE.json]
// Reads pages of documents whose words are known with their places, and prints by kind and language how many words are
// read, which lines are missing or cut, numbers, letters of the wrong script, order and boxes; what became of the words
// that are wrong; how well confidence tells how much is right; and the time of a page beside Tesseract's command.
// Without FOLDER the pages are those of datasets/documents/package-pages.ts, which it downloads, and drawn ones. FOLDER has
// pages at 150 dpi that datasets/documents/document-page.ts can read. They are scaled to other resolutions, so 300 dpi has
// no more to see than 150.
// --list prints every word that is wrong. --limits lets the process fail where a figure passes its limit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { figuresOf, type ScoredPage } from '../datasets/documents/document-figures.js';
import { textOfPage, type DocumentPage } from '../datasets/documents/document-page.js';
import { scorePage } from '../datasets/documents/page-score.js';
import { wordsOf } from '../datasets/word-boxes.js';
import { reportLimits } from './documents/document-limits.js';
import { figureRows, outcomeRow } from './documents/figure-tables.js';
import { baseDpi, builtPages, folderPages, scalePages, scannedPages } from './documents/page-sources.js';
import { median } from './median.js';
import { startVisiond, tesseractCommand, type Reader } from './ocr-readers.js';
import { Reliability } from './reliability.js';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    dpi: { type: 'string', default: '100,150,200,300' },
    only: { type: 'string', default: '' },
    tesseract: { type: 'boolean', default: true },
    time: { type: 'boolean', default: true },
    scans: { type: 'boolean', default: true },
    list: { type: 'boolean', default: false },
    limits: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
  allowNegative: true,
});
const only = new RegExp(values.only);
const pagesAt = values.folder === undefined ? builtPages(only) : folderPages(values.folder, only);

interface Run {
  readonly name: string;
  readonly dpi: number;
  readonly scored: ScoredPage[];
  readonly milliseconds: number[];
  readonly reliability: Reliability;
  readonly texts: Map<string, string>;
}

const temporary = mkdtempSync(join(tmpdir(), 'visiond-documents-'));
const newFolder = (): string => mkdtempSync(join(temporary, 'pages-'));
const task = { codes: ['en'], model: 'page' };
const visiond = await startVisiond(task);
const tesseract = values.tesseract ? tesseractCommand(task) : undefined;
const runs: Run[] = [];
let memory = { resident: 0, peak: 0 };
try {
  for (const dpi of values.dpi.split(',').map(Number)) {
    const pages = await pagesAt(dpi, newFolder());
    if (pages.length === 0) throw new Error('No page is left to read.');
    if (dpi === baseDpi && values.time) await readInTurn(pages);
    else await readTwoAtATime(pages, newRun('visiond', dpi));
    if (dpi === baseDpi && values.scans) {
      await readTwoAtATime(await scannedPages(pages, newFolder()), newRun('visiond, scans', dpi));
    }
    // A later one may take long, or fail.
    for (const run of runs.filter((each) => each.dpi === dpi)) print(run);
  }
  memory = visiond.usage();
} finally {
  process.stderr.write('\n');
  await visiond.stop();
  rmSync(temporary, { recursive: true });
}

const times = (name: string): number =>
  median(runs.find((run) => run.name === name && run.milliseconds.length > 0)?.milliseconds ?? []);
reportLimits(
  new Map(runs.filter(({ name }) => name === 'visiond').map(({ dpi, scored }) => [dpi, scored])),
  {
    calibration: runs.find(({ name, dpi }) => name === 'visiond' && dpi === baseDpi)?.reliability.error() ?? NaN,
    timeRatio: times('visiond') / times('tesseract'),
    residentMb: memory.resident,
    peakMb: memory.peak,
  },
  values.limits,
);
if (values.save !== undefined) save(values.save);

function newRun(name: string, dpi: number): Run {
  const run = { name, dpi, scored: [], milliseconds: [], reliability: new Reliability(), texts: new Map() };
  runs.push(run);
  return run;
}

async function readTwoAtATime(pages: readonly DocumentPage[], run: Run): Promise<void> {
  const remaining = pages.values();
  const readSome = async (): Promise<void> => {
    for (const page of remaining) await read(visiond, page, run);
  };
  await Promise.all([readSome(), readSome()]);
}

/** Measures time, page by page with visiond, Tesseract and Tesseract with the page at twice its size. */
async function readInTurn(pages: readonly DocumentPage[]): Promise<void> {
  // The first page of a server is slower than the others.
  await visiond.read(pages[0]!.path, pages[0]!.languages);
  const run = newRun('visiond', baseDpi);
  const [once, twice] =
    tesseract === undefined ? [] : [newRun('tesseract', baseDpi), newRun('tesseract, twice the size', baseDpi)];
  for (const page of pages) {
    run.milliseconds.push(await read(visiond, page, run));
    if (tesseract === undefined || once === undefined || twice === undefined) continue;
    once.milliseconds.push(await read(tesseract, page, once));
    const [enlarged] = await scalePages([page], 2, newFolder());
    twice.milliseconds.push(await read(tesseract, enlarged!, twice));
  }
}

/** @returns milliseconds until the answer */
async function read(reader: Reader, page: DocumentPage, run: Run): Promise<number> {
  const started = performance.now();
  const { text, annotation } = await reader.read(page.path, page.languages);
  const milliseconds = performance.now() - started;
  run.scored.push({ page, score: scorePage(page, text, annotation === undefined ? [] : wordsOf(annotation)) });
  run.texts.set(basename(page.path), text);
  if (annotation !== undefined) run.reliability.add(textOfPage(page), annotation);
  process.stderr.write(`\r${run.name} at ${run.dpi} dpi: ${run.scored.length} pages   `);
  return milliseconds;
}

function print({ name, dpi, scored, reliability, milliseconds }: Run): void {
  console.log(`\n${name} at ${dpi} dpi`);
  console.table(figureRows(scored));
  console.log('Words that are not read, by what stands in their place:');
  console.table([outcomeRow(scored)]);
  console.log(`Expected calibration error ${reliability.error().toFixed(4)}`);
  if (milliseconds.length > 0) console.log(`Median time of a page ${median(milliseconds).toFixed(0)} ms`);
  if (values.list && name.startsWith('visiond')) listWrong(scored, dpi);
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
