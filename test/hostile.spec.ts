import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textDetection, type AnalyzeResult, type AnalyzeSpec } from '../client/index.js';
import { plainTextOf } from '../server/features/text-detection/plain-text.js';
import { englishLine, fixture } from './fixtures.js';
import { bombs, damagedImages, type HostileImage } from './hostile-images.js';
import { startTestServer, type TestServer } from './server.js';

/** Some more than an honest image of 20 megapixels takes while it is decoded and analyzed. */
const memoryForOneImage = 600 << 20;
const timeForOneImage = 25_000;

let running: TestServer;

beforeAll(async () => {
  running = await startTestServer();
});
afterAll(() => running.close());

const good: AnalyzeSpec = {
  source: { $case: 'content', value: fixture('line-english.png') },
  features: [textDetection({ languageCodes: ['en'], model: 'line' })],
  mimeType: '',
};

/** Sends the file between two good ones, which must come to no harm, and tells its own outcome. */
async function between({ content }: HostileImage): Promise<string> {
  const spec = { ...good, source: { $case: 'content' as const, value: content } };
  const { results } = await running.client.batchAnalyze({ analyzeSpecs: [good, spec, good], folderId: '' });
  expect(results).toHaveLength(3);
  for (const index of [0, 2]) expect(plainTextOf(results[index]?.results[0])).toBe(`${englishLine}\n`);
  return outcomeOf(results[1]!);
}

function outcomeOf({ error, results }: AnalyzeResult): string {
  if (error !== undefined) return `file error ${error.code} with ${results.length} results`;
  return results.map((result) => (result.error === undefined ? 'result' : `feature error ${result.error.code}`)).join();
}

const outcomes = ['result', 'file error 3 with 0 results'];

describe('hostile files', () => {
  it('that are damaged anywhere give a result or a file error, and harm no neighbor', async () => {
    const seen = new Map<string, string[]>();
    for (const image of damagedImages(40)) {
      const outcome = await between(image);
      seen.set(outcome, [...(seen.get(outcome) ?? []), image.name]);
    }
    expect([...seen].filter(([outcome]) => !outcomes.includes(outcome))).toEqual([]);
    // Most damage is noticed. If none were, the files would not be damaged, or nobody would look.
    expect(seen.get('file error 3 with 0 results')?.length).toBeGreaterThan(20);
  });

  it.each(bombs())('$name costs neither memory nor time', async (image) => {
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
    const started = performance.now();
    const outcome = await between(image);
    clearInterval(watch);
    // It has a side that is too long, which is an error of its features.
    expect(image.name.includes('one row') ? ['feature error 3'] : outcomes).toContain(outcome);
    expect(performance.now() - started).toBeLessThan(timeForOneImage);
    expect(peak - before).toBeLessThan(memoryForOneImage);
  });
});
