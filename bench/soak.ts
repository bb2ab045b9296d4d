// npm run bench:soak -- FOLDER... [--requests 200] [--parallel 2]
// Sends the images of the folders, mixed, to a server of its own and prints its memory on the way, then how fast
// /healthz answers while large images are analyzed. Fails over the limits below.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textDetection } from '../client/index.js';
import { median } from './median.js';
import { startBenchServer } from './server.js';

const limits = { readySeconds: 20, startMb: 800, peakMb: 1300, growthOfLastHalf: 1.1, healthP99Ms: 50 };
const languageSets = [['en'], ['ru'], ['ru', 'en'], ['*']];

const { values, positionals } = parseArgs({
  options: { requests: { type: 'string', default: '200' }, parallel: { type: 'string', default: '2' } },
  allowPositionals: true,
});
const total = Number(values.requests);
const paths = positionals.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .map((name) => join(folder, name)),
);
if (paths.length === 0) throw new Error('bench:soak needs a folder of JPEG or PNG images.');

const server = await startBenchServer();
const start = server.memory().resident;
const samples: number[] = [];
let largest = Buffer.alloc(0);
let next = 0;
const send = async (): Promise<void> => {
  while (next < total) {
    const index = next++;
    // A stride that shares no factor with most counts walks through all images and mixes the folders.
    const content = readFileSync(paths[(index * 37) % paths.length]!);
    const analyzed = await analyze(content, languageSets[index % languageSets.length]!);
    if (analyzed && content.length > largest.length) largest = content;
    samples.push(server.memory().resident);
    process.stderr.write(`\r${samples.length} of ${total} requests, ${samples.at(-1)} MB `);
  }
};
await Promise.all(Array.from({ length: Number(values.parallel) }, send));
process.stderr.write('\n');
const { resident, peak } = server.memory();

const latencies: number[] = [];
let analyzed = 0;
const analyses = Array.from({ length: 4 }, async () => {
  await analyze(largest, ['ru', 'en']);
  analyzed++;
});
while (analyzed < analyses.length || latencies.length < 100) {
  const asked = performance.now();
  await fetch(`${server.origin}/healthz`);
  latencies.push(performance.now() - asked);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await Promise.all(analyses);
await server.stop();

const third = samples.slice(samples.length / 2, samples.length * 0.75);
const last = samples.slice(samples.length * 0.75);
const growth = median(last) / median(third);
const healthP99 = latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? 0;
const rows: ReadonlyArray<readonly [name: string, value: number, limit: number]> = [
  ['ready after, s', server.readySeconds, limits.readySeconds],
  ['memory after start, MB', start, limits.startMb],
  [`memory after ${total} requests, MB`, resident, limits.peakMb],
  ['highest memory, MB', peak, limits.peakMb],
  ['growth from third to last quarter', growth, limits.growthOfLastHalf],
  ['/healthz under load, p99, ms', healthP99, limits.healthP99Ms],
];
console.table(rows.map(([name, value, limit]) => ({ figure: name, value: Number(value.toFixed(2)), limit })));
for (const [name, value, limit] of rows) {
  if (value <= limit) continue;
  console.error(`${name} is ${value.toFixed(2)}, over its limit of ${limit}.`);
  process.exitCode = 1;
}

/** Whether the file could be analyzed: a folder may hold some that are over the limits. */
async function analyze(content: Buffer, languageCodes: string[]): Promise<boolean> {
  const source = { $case: 'content', value: content } as const;
  const spec = { source, features: [textDetection({ languageCodes })], mimeType: '' };
  const { results } = await server.client.batchAnalyze({ analyzeSpecs: [spec], folderId: '' });
  return results[0]?.error === undefined;
}
