import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createVisionClient, textDetection, type VisionClient } from '../client/index.js';
import { readConfig } from '../server/config.js';
import { startServer, type RunningServer } from '../server/start-server.js';
import { silentLog, type Log } from '../server/telemetry/log.js';
import { fixture } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-cancel-'));
const calls: Array<Record<string, unknown>> = [];
const log: Log = {
  ...silentLog,
  info: (message, fields) => void (message === 'call' && calls.push(fields ?? {})),
};
/** Jobs go to threads by it. */
const posted = vi.spyOn(Worker.prototype, 'postMessage');
let server: RunningServer;
let client: VisionClient;

beforeAll(async () => {
  // In this process, so that its jobs can be counted.
  const flags = { listen: '127.0.0.1:0', workers: '1', 'data-dir': folder, isolation: 'none' };
  server = await startServer(readConfig(flags, {}), log);
  await server.ready;
  client = createVisionClient({ endpoint: `127.0.0.1:${server.address.port}` });
});
afterAll(async () => {
  client.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Options {
  readonly signal?: AbortSignal;
  readonly headers?: Record<string, string>;
}

function send(name: string, times: number, id: string, options: Options = {}): Promise<Response> {
  const features = [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en'] } }];
  return fetch(`http://127.0.0.1:${server.address.port}/vision/v1/batchAnalyze`, {
    method: 'POST',
    ...options,
    headers: { 'x-client-request-id': id, ...options.headers },
    body: JSON.stringify({ analyzeSpecs: Array(times).fill({ content: fixture(name).toString('base64'), features }) }),
  });
}

/** What the log says of the call with this id. */
async function logged(id: string): Promise<Record<string, unknown>> {
  const find = () => calls.find(({ clientRequestId }) => clientRequestId === id);
  await expect.poll(() => find() !== undefined, { timeout: 30_000 }).toBe(true);
  return find() ?? {};
}

/** Sends a small image. @returns how many jobs went to the thread until it was answered */
async function jobsOfSmallImage(): Promise<number> {
  const before = posted.mock.calls.length;
  expect((await send('line-english.png', 1, 'small')).status).toBe(200);
  return posted.mock.calls.length - before;
}

/** Waits until a call that was just sent has the thread, and more for it. */
async function untilItRuns(before: number): Promise<void> {
  await expect.poll(() => posted.mock.calls.length, { timeout: 30_000 }).toBeGreaterThan(before + 2);
}

// Eight large pages are many jobs for the one thread. What runs ends at its next step, what waits is dropped: the next
// call has the thread for its own jobs alone.
describe('a call that is given up', () => {
  it('by a client that hangs up leaves the queue', async () => {
    const alone = await jobsOfSmallImage();
    const controller = new AbortController();
    const before = posted.mock.calls.length;
    const call = send('large.jpg', 8, 'hang-up', { signal: controller.signal });
    await untilItRuns(before);
    controller.abort();
    await expect(call).rejects.toThrow('aborted');
    expect(await logged('hang-up')).toMatchObject({ code: 1, transport: 'rest', principal: 'anonymous' });
    expect(await jobsOfSmallImage()).toBe(alone);
  });

  it('by a client that cancels it over gRPC, too', async () => {
    const alone = await jobsOfSmallImage();
    const controller = new AbortController();
    const before = posted.mock.calls.length;
    const source = { $case: 'content', value: fixture('large.jpg') } as const;
    const spec = { source, features: [textDetection({ languageCodes: ['en'] })], mimeType: '' };
    const request = { analyzeSpecs: Array(8).fill(spec), folderId: '' };
    const call = client.batchAnalyze(request, { signal: controller.signal });
    await untilItRuns(before);
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => calls.at(-1), { timeout: 30_000 }).toMatchObject({ code: 1, transport: 'grpc' });
    expect(await jobsOfSmallImage()).toBe(alone);
  });

  it('at its deadline, too', async () => {
    const alone = await jobsOfSmallImage();
    const response = await send('large.jpg', 8, 'late', { headers: { 'grpc-timeout': '500m' } });
    expect([response.status, await response.json()]).toEqual([504, expect.objectContaining({ code: 4 })]);
    expect(await logged('late')).toMatchObject({ code: 4, traceId: expect.stringMatching(/^[\da-f]{32}$/) });
    expect(await jobsOfSmallImage()).toBe(alone);
  });
});
