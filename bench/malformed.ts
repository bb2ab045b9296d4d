// npm run bench:malformed -- FOLDER
// Sends every file of a folder of broken images alone, and as one of eight with seven good ones, over gRPC. Each must
// come back as a result or as a file error, its neighbors as if it were not there, and the server must live on.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textDetection, type AnalyzeResult, type AnalyzeSpec } from '../client/index.js';
import { samplePath } from '../server/analyze/self-test.js';
import { plainTextOf } from '../server/features/text-detection/plain-text.js';
import { startBenchServer } from './server.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('bench:malformed needs a folder of images.');
const names = readdirSync(folder).filter((name) => /\.(bin|jpe?g|png)$/.test(name));
const specOf = (content: Buffer, model: string): AnalyzeSpec => ({
  source: { $case: 'content', value: content },
  features: [textDetection({ languageCodes: ['en'], model })],
  mimeType: '',
});
// What it reads does not matter, only that it is always the same; the line model is the fastest way to it.
const good = specOf(readFileSync(samplePath), 'line');

const server = await startBenchServer();
const analyze = async (analyzeSpecs: AnalyzeSpec[]): Promise<AnalyzeResult[]> =>
  (await server.client.batchAnalyze({ analyzeSpecs, folderId: '' })).results;
const describe = ({ error, results }: AnalyzeResult): string => {
  if (error !== undefined) return `error ${error.code}`;
  const [result] = results;
  return result?.error === undefined ? 'result' : `feature error ${result.error.code}`;
};

const [expected] = await analyze([good]);
const expectedText = plainTextOf(expected?.results[0]);
const outcomes = new Map<string, number>();
let faults = 0;
const fault = (text: string): void => {
  faults++;
  console.error(`\n${text}`);
};
for (const [index, name] of names.entries()) {
  const spec = specOf(readFileSync(join(folder, name)), 'page');
  const [alone] = await analyze([spec]);
  const outcome = alone === undefined ? 'nothing' : describe(alone);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (outcome !== 'result' && outcome !== 'error 3') fault(`${name} alone: ${outcome}`);
  const place = index % 8;
  const batch = await analyze(Array.from({ length: 8 }, (_, position) => (position === place ? spec : good)));
  for (const [position, result] of batch.entries()) {
    if (position === place && describe(result) !== outcome) {
      fault(`${name} in a batch: ${describe(result)}, alone: ${outcome}`);
    }
    if (position !== place && plainTextOf(result.results[0]) !== expectedText) {
      fault(`${name} harmed its neighbor ${position}`);
    }
  }
  process.stderr.write(`\r${index + 1} of ${names.length} files `);
}
process.stderr.write('\n');
const { resident, peak } = server.memory();
await server.stop();
console.table(Object.fromEntries(outcomes));
console.log(`${names.length} files, ${faults} faults, memory ${resident} MB, peak ${peak} MB`);
process.exitCode = faults === 0 ? 0 : 1;
