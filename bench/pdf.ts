// npm run bench:pdf -- [--rounds 5] [--limit 1.1]
// Time of a PDF of 8 pages beside that of the same pages as 8 images in a request: born-digital pages, which are drawn
// here, and scans of them. The images are JPEG files of the same pixels. Fails where the PDF takes longer than the limit.
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { textDetection, type AnalyzeSpec } from '../client/index.js';
import { pageOfImage, textLine, writePdf, type PdfPage } from '../datasets/drawn/write-pdf.js';
import type { Image } from '../server/image/image.js';
import { loadPdfJobs } from '../server/pdf/pdf-jobs.js';
import { median } from './median.js';
import { seeded } from './seeded.js';
import { startBenchServer } from './server.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, limit: { type: 'string', default: '1.1' } },
});
const pages = 8;
/** A4, in points. */
const [width, height] = [595, 842];
const limits = { dpi: 200, maxPixels: 20_000_000, maxPages: pages };
const words =
  'invoice order coffee paper winter garden silver window market bridge number letter office orange summer winner'.split(
    ' ',
  );

const digital = writePdf(drawPages());
const images = await renderedPages(digital);
const jpegs = await Promise.all(images.map(toJpeg));
const scans = writePdf(
  jpegs.map((data, index) => {
    const size = images[index]!;
    const entries = '/Filter /DCTDecode /ColorSpace /DeviceRGB /BitsPerComponent 8';
    return pageOfImage({ width: size.width, height: size.height, entries, data }, width, height);
  }),
);
const requests: Readonly<Record<string, readonly Buffer[]>> = {
  'PDF, born digital': [digital],
  'PDF, scans': [scans],
  '8 images': jpegs,
};

const server = await startBenchServer();
const measured = new Map(Object.keys(requests).map((name) => [name, { ms: [] as number[], cpuMs: [] as number[] }]));
// The first round loads and compiles what the others find.
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const [name, contents] of Object.entries(requests)) {
    const [started, cpuBefore] = [performance.now(), server.cpuSeconds()];
    const { results } = await server.client.batchAnalyze({ analyzeSpecs: contents.map(specOf), folderId: '' });
    const elapsed = performance.now() - started;
    const found = results.flatMap(({ results: [text] }) =>
      text?.feature?.$case === 'textDetection' ? text.feature.value.pages : [],
    );
    if (found.length !== pages) throw new Error(`${name}: ${found.length} pages instead of ${pages}`);
    if (round === 0) continue;
    measured.get(name)?.ms.push(elapsed);
    measured.get(name)?.cpuMs.push((server.cpuSeconds() - cpuBefore) * 1000);
  }
}
const { peak } = server.memory();
await server.stop();

const base = median(measured.get('8 images')?.ms ?? []);
const rows = [...measured].map(([name, { ms, cpuMs }]) => ({
  name,
  ms: Math.round(median(ms)),
  'CPU ms': Math.round(median(cpuMs)),
  'over 8 images': Number((median(ms) / base).toFixed(3)),
}));
console.table(rows);
console.log(
  `Median of ${values.rounds} rounds; at most ${values.limit} times the images. Memory of the server: ${peak} MB`,
);
if (rows.some((row) => row['over 8 images'] > Number(values.limit))) process.exitCode = 1;

function drawPages(): PdfPage[] {
  const next = seeded(20_261_130);
  return Array.from({ length: pages }, () => {
    const lines = Array.from({ length: 45 }, (_, line) => {
      const text = Array.from({ length: 9 }, () => words[next(words.length)]).join(' ');
      return textLine(`${text} ${100 + next(900)}`, 60, 780 - 16 * line, 10);
    });
    return { width, height, content: lines.join('') };
  });
}

async function renderedPages(content: Buffer): Promise<Image[]> {
  const jobs = await loadPdfJobs();
  return Promise.all(
    Array.from({ length: pages }, async (_, index) => {
      const outcome = await jobs.renderPage({ content, index, limits });
      if ('problem' in outcome) throw new Error(outcome.problem.kind);
      return outcome.image;
    }),
  );
}

function toJpeg({ rgb, ...size }: Image): Promise<Buffer> {
  return sharp(rgb, { raw: { ...size, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

function specOf(content: Buffer): AnalyzeSpec {
  return {
    source: { $case: 'content', value: content },
    features: [textDetection({ languageCodes: ['en'] })],
    mimeType: '',
  };
}
