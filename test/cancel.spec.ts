import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../server/config.js';
import { startServer, type RunningServer } from '../server/start-server.js';
import type { Log } from '../server/telemetry/log.js';
import { fixture } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-cancel-'));
const calls: Array<Record<string, unknown>> = [];
const log: Log = {
  info: (message, fields) => void (message === 'call' && calls.push(fields ?? {})),
  error: () => {},
};
let server: RunningServer;

beforeAll(async () => {
  server = await startServer(readConfig({ listen: '127.0.0.1:0', workers: '1', 'data-dir': folder }, {}), log);
  await server.ready;
});
afterAll(async () => {
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

// Eight large pages take one thread far longer than any of these calls may.
describe('over REST', () => {
  it('a client that hangs up leaves the queue', async () => {
    const controller = new AbortController();
    const call = send('large.jpg', 8, 'hang-up', { signal: controller.signal });
    setTimeout(() => controller.abort(), 500);
    await expect(call).rejects.toThrow('aborted');
    expect(await logged('hang-up')).toMatchObject({ code: 1, transport: 'rest', principal: 'anonymous' });
    expect((await send('line-english.png', 1, 'next')).status).toBe(200);
  });

  it('a call ends at its deadline', async () => {
    const response = await send('large.jpg', 8, 'late', { headers: { 'grpc-timeout': '500m' } });
    expect([response.status, await response.json()]).toEqual([504, expect.objectContaining({ code: 4 })]);
    const { milliseconds, traceId } = await logged('late');
    expect(milliseconds).toBeLessThan(10_000);
    expect(traceId).toMatch(/^[\da-f]{32}$/);
    expect((await send('line-english.png', 1, 'after')).status).toBe(200);
  });
});
