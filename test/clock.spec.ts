import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { textDetection } from '../client/index.js';
import { fixture } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-clock-'));
const hours = 3_600_000;
let running: TestServer;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await running.close();
});
afterAll(() => rmSync(root, { recursive: true }));

async function start(flags: Readonly<Record<string, string>> = {}): Promise<void> {
  running = await startTestServer({ workers: '1', 'data-dir': mkdtempSync(join(root, 'data-')), ...flags });
}

/** Sets the wall clock of the server, which timers do not follow. */
function jump(byMs: number): void {
  vi.setSystemTime(Date.now() + byMs);
}

/** A request of several seconds on one thread. */
async function readPages(timeout: string): Promise<{ status: number; json: unknown }> {
  const features = [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en'] } }];
  const content = fixture('english.png').toString('base64');
  const response = await fetch(`${running.origin}/vision/v1/batchAnalyze`, {
    method: 'POST',
    headers: { 'grpc-timeout': timeout },
    body: JSON.stringify({ analyzeSpecs: Array(8).fill({ content, features }) }),
  });
  return { status: response.status, json: await response.json() };
}

describe('a wall clock that is set', () => {
  it.each([
    ['forward', 5 * hours],
    ['back', -5 * hours],
  ])('%s ends no running call over either protocol', async (_direction, byMs) => {
    await start();
    await running.client.analyze(fixture('empty.png'), [textDetection({ languageCodes: ['en'] })]);
    const calls = [
      readPages('50S').then(({ status }) => status),
      running.client
        .analyze(fixture('english.png'), [textDetection({ languageCodes: ['en'] })], { timeoutMs: 50_000 })
        .then(([result]) => result?.feature?.$case),
    ];
    await sleep(100);
    jump(byMs);
    expect(await Promise.all(calls)).toEqual([200, 'textDetection']);
  });

  it('back by hours delays no deadline', async () => {
    await start();
    const call = readPages('400m');
    await sleep(100);
    jump(-5 * hours);
    expect(await call).toMatchObject({ status: 504, json: { code: 4 } });
  });

  it('changes no quota', async () => {
    await start({ 'quota-requests': '0.001' });
    const list = async () => (await fetch(`${running.origin}/index/v1/images`)).status;
    expect([await list(), await list()]).toEqual([200, 429]);
    for (const byMs of [5 * hours, -10 * hours]) {
      jump(byMs);
      expect(await list()).toBe(429);
    }
  });
});
