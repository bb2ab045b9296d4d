// npm run bench:hostile-images -- [--only PATTERN] [--feature PATTERN] [--workers 2] [--job-seconds 30]
// Draws images that are within the limits of the server and as much work as possible, sends each for every feature alone,
// and prints what came of it, the time, and the highest memory of the process that analyzes images. Then it sends all
// images to all features at once. Fails where one takes longer than --job-seconds, or the process more than 1 GB.
import { parseArgs } from 'node:util';
import {
  classification,
  faceDetection,
  imageCopySearch,
  textDetection,
  type AnalyzeResult,
  type AnalyzeSpec,
} from '../client/index.js';
import { hostileImages } from '../datasets/drawn/draw-hostile.js';
import { childrenOf, memoryOf } from './process-usage.js';
import { Report } from './report.js';
import { startBenchServer } from './server.js';

/** Of the process that analyzes images, in MB. */
const memoryLimit = 1024;
/** What a call takes beside its features: reading, waiting for room, decoding. */
const otherSeconds = 2;
const sampleEveryMs = 50;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    feature: { type: 'string', default: '' },
    workers: { type: 'string', default: '2' },
    'job-seconds': { type: 'string', default: '30' },
  },
});
const features = [
  ['text', textDetection()],
  ['text of passports', textDetection({ model: 'passport' })],
  ['faces', faceDetection()],
  ['moderation', classification('moderation')],
  ['quality', classification('quality')],
  ['objects', classification('objects')],
  ['copies', imageCopySearch()],
] as const;

const images: Array<{ readonly name: string; readonly content: Buffer }> = [];
for (const { name, draw } of hostileImages) {
  if (!new RegExp(values.only).test(name)) continue;
  process.stderr.write(`Drawing ${name}\n`);
  images.push({ name, content: await draw() });
}

const server = await startBenchServer(['--workers', values.workers, '--job-seconds', values['job-seconds']]);
const report = new Report();
const seconds = Number(values['job-seconds']) + otherSeconds;
try {
  for (const { name, content } of images) {
    for (const [feature, request] of features) {
      if (!new RegExp(values.feature).test(feature)) continue;
      const { outcome, took, peak } = await measured([{ ...specOf(content), features: [request] }]);
      const title = `${name}, ${feature}: ${outcome}`;
      report.atMost(`${title}, seconds`, took, seconds);
      report.atMost(`${title}, MB`, peak, memoryLimit);
    }
  }
  if (values.only === '' && values.feature === '') {
    const all = features.map(([, request]) => request);
    const together = images.map(({ content }) => measured([{ ...specOf(content), features: all }]));
    const peaks = (await Promise.all(together)).map(({ peak }) => peak);
    report.atMost('All at once, MB', Math.max(...peaks), memoryLimit);
  }
} finally {
  await server.stop();
}
report.print();

function specOf(content: Buffer): AnalyzeSpec {
  return { source: { $case: 'content', value: content }, features: [], mimeType: '' };
}

/** Analyzes images, and watches the memory meanwhile. */
async function measured(analyzeSpecs: AnalyzeSpec[]): Promise<{ outcome: string; took: number; peak: number }> {
  let peak = 0;
  const [engine] = childrenOf(server.pid);
  const sampling = setInterval(() => (peak = Math.max(peak, memoryOf(engine).resident)), sampleEveryMs);
  const started = performance.now();
  try {
    const { results } = await server.client.batchAnalyze({ analyzeSpecs, folderId: '' });
    return { outcome: results.map(outcomeOf).join(', '), took: (performance.now() - started) / 1000, peak };
  } catch (error) {
    // A lost engine has passed every limit.
    return { outcome: String(error), took: Infinity, peak: Infinity };
  } finally {
    clearInterval(sampling);
  }
}

/** `ok`, or the errors. */
function outcomeOf({ error, results }: AnalyzeResult): string {
  const errors = [error, ...results.map((result) => result.error)].flatMap((each) => (each ? [each.message] : []));
  return errors.length === 0 ? 'ok' : errors.join(', ');
}
