import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textDetection, type AnalyzeSpec } from '../client/index.js';
import { textLine, writePdf } from '../datasets/drawn/write-pdf.js';
import { ErrorInfo } from '../gen/google/rpc/error_details.js';
import { plainTextOf } from '../server/features/text-detection/plain-text.js';
import { fixture } from './fixtures.js';
import { damagedPdfs, hostilePdfs, slowPdfs, type HostilePdf } from './hostile-pdfs.js';
import { startTestServer, type TestServer } from './server.js';

/** What a file may take in PDFium, and what an honest page takes besides. */
const memoryForOneFile = (512 + 300) << 20;

let running: TestServer;
let hasty: TestServer;

beforeAll(async () => {
  // In this process, whose memory is watched.
  running = await startTestServer({ isolation: 'none' });
  hasty = await startTestServer({ isolation: 'none', 'job-seconds': '3', workers: '1' });
});
afterAll(() => Promise.all([running.close(), hasty.close()]));

const spec = (content: Buffer): AnalyzeSpec => ({
  source: { $case: 'content', value: content },
  features: [textDetection({ languageCodes: ['en'] })],
  mimeType: '',
});
const good = spec(writePdf([{ width: 200, height: 100, content: textLine('Good', 20, 40, 24) }]));

/** Sends the file between two good ones, which must come to no harm. @returns the reason of its error, if it has one */
async function reasonBetween({ content }: HostilePdf, { client } = running): Promise<string | undefined> {
  const { results } = await client.batchAnalyze({ analyzeSpecs: [good, spec(content), good], folderId: '' });
  expect([results[0], results[2]].map((result) => plainTextOf(result?.results[0]))).toEqual(['Good\n', 'Good\n']);
  const error = results[1]?.error ?? results[1]?.results[0]?.error;
  const info = error?.details.find(({ typeUrl }) => typeUrl.endsWith('ErrorInfo'));
  return info && ErrorInfo.decode(info.value).reason;
}

describe('hostile PDF files', () => {
  it.each(hostilePdfs())('$name cost neither memory nor a neighbor', async (pdf) => {
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
    const reason = await reasonBetween(pdf);
    clearInterval(watch);
    expect(reason).toBe(pdf.reason);
    expect(peak - before).toBeLessThan(memoryForOneFile);
  });

  it.each(slowPdfs())('$name are given up', async (pdf) => {
    expect(await reasonBetween(pdf, hasty)).toBe(pdf.reason);
  });

  it('that hold up all threads leave them to the next', async () => {
    const { results } = await hasty.client.batchAnalyze({
      analyzeSpecs: slowPdfs().map(({ content }) => spec(content)),
      folderId: '',
    });
    expect(results.map(({ error }) => error?.code)).toEqual([4, 4, 4]);
    const blank = writePdf([{ width: 200, height: 100, content: '' }]);
    expect(await reasonBetween({ name: 'blank', content: blank }, hasty)).toBe(undefined);
  });

  it('leave no memory behind', async () => {
    const before = process.memoryUsage().rss;
    const bombs = hostilePdfs().filter(({ name }) => /^(\d00 MB|fifty)/.test(name));
    expect(bombs).toHaveLength(3);
    for (const bomb of bombs) await reasonBetween(bomb);
    await expect.poll(() => (process.memoryUsage().rss - before) >> 20).toBeLessThan(200);
  });

  it('end with the deadline of their call', async () => {
    const [, , rectangles] = slowPdfs();
    const response = await fetch(`${running.origin}/vision/v1/batchAnalyze`, {
      method: 'POST',
      headers: { 'grpc-timeout': '700m' },
      body: JSON.stringify({
        analyzeSpecs: [{ content: rectangles?.content.toString('base64'), features: [{ type: 'TEXT_DETECTION' }] }],
      }),
    });
    expect(response.status).toBe(504);
    expect(await reasonBetween({ name: 'good', content: fixture('line-english.png') })).toBe(undefined);
  });

  it('that are damaged anywhere give a result or a file error, and harm no neighbor', async () => {
    const reasons = new Set<string | undefined>();
    for (const pdf of damagedPdfs(30)) reasons.add(await reasonBetween(pdf));
    expect(reasons).toEqual(new Set(['PDF_UNREADABLE', undefined]));
  });
});
