import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createVisionClient, textDetection } from '../client/index.js';
import { createKeyStore } from '../server/auth/key-store.js';
import { readMetrics, type Sample } from '../server/telemetry/read-metrics.js';
import { fixture } from './fixtures.js';
import { post, startTestServer, type TestServer } from './server.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-metrics-'));
let running: TestServer | undefined;

afterEach(async () => {
  await running?.close();
  running = undefined;
});
afterAll(() => rmSync(root, { recursive: true }));

async function start(flags: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  running = await startTestServer({ workers: '1', 'data-dir': mkdtempSync(join(root, 'data-')), ...flags });
  return running;
}

async function scrape({ origin }: TestServer, headers: Record<string, string> = {}): Promise<readonly Sample[]> {
  const response = await fetch(`${origin}/metrics`, { headers });
  expect(response.status).toBe(200);
  return readMetrics(await response.text());
}

function valueOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return found.reduce((sum, { value }) => sum + value, 0);
}

describe('/metrics', () => {
  it('counts calls over both protocols', async () => {
    const server = await start();
    await server.client.analyze(fixture('line-english.png'), [textDetection({ languageCodes: ['en'] })]);
    expect((await post(server.origin, {})).status).toBe(400);
    const samples = await scrape(server);
    const grpc = { grpc_service: 'yandex.cloud.ai.vision.v1.VisionService', grpc_method: 'BatchAnalyze' };
    expect(valueOf(samples, 'grpc_server_handled_total', { ...grpc, grpc_code: 'OK' })).toBe(1);
    expect(valueOf(samples, 'grpc_server_handling_seconds_count', grpc)).toBe(1);
    const http = { method: 'POST', route: '/vision/v1/batchAnalyze' };
    expect(valueOf(samples, 'http_server_requests_total', { ...http, status: '400' })).toBe(1);
    expect(valueOf(samples, 'http_server_request_duration_seconds_count', http)).toBe(1);
    expect(valueOf(samples, 'visiond_ready')).toBe(1);
    expect(valueOf(samples, 'visiond_images_total')).toBe(1);
    expect(valueOf(samples, 'visiond_pixels_total')).toBeGreaterThan(10_000);
    for (const name of ['visiond_queue_wait_seconds', 'visiond_decode_seconds']) {
      expect(valueOf(samples, `${name}_count`)).toBe(1);
    }
    expect(valueOf(samples, 'visiond_feature_seconds_count', { feature: 'text-detection' })).toBe(1);
    expect([valueOf(samples, 'visiond_queue_images'), valueOf(samples, 'visiond_pixels_in_flight')]).toEqual([0, 0]);
    expect(valueOf(samples, 'visiond_connections')).toBeGreaterThan(0);
    expect(valueOf(samples, 'visiond_workers')).toBe(1);
    expect(valueOf(samples, 'visiond_models', { state: 'ready' })).toBeGreaterThan(5);
    const engineBytes = valueOf(samples, 'visiond_engine_resident_bytes');
    expect(engineBytes).toBeGreaterThan(50 << 20);
    expect(valueOf(samples, 'visiond_engine_limit_bytes')).toBeGreaterThan(engineBytes);
    expect(valueOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1 << 20);
    expect(valueOf(samples, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  });

  it('takes a key of any folder where calls need one, and names folders where the operator asks for it', async () => {
    const data = mkdtempSync(join(root, 'data-'));
    const { key } = await createKeyStore(data).createApiKey({ name: 'prometheus', folders: ['watched'] });
    const server = await start({ auth: 'keys', isolation: 'none', 'data-dir': data, 'metrics-by-folder': 'true' });
    expect((await fetch(`${server.origin}/metrics`)).status).toBe(401);
    const client = createVisionClient({ endpoint: server.endpoint, apiKey: key });
    await client.analyze(fixture('line-english.png'), [textDetection({ languageCodes: ['en'] })]);
    client.close();
    await expect(server.client.analyze(fixture('line-english.png'), [textDetection()])).rejects.toMatchObject({
      code: 16,
    });
    const samples = await scrape(server, { authorization: `Bearer ${key}` });
    expect(valueOf(samples, 'grpc_server_handled_total', { grpc_code: 'OK', folder: 'watched' })).toBe(1);
    expect(valueOf(samples, 'visiond_refusals_total', { reason: 'CREDENTIALS_REQUIRED' })).toBe(1);
    // The engine has no process of its own.
    expect(samples.some(({ name }) => name === 'visiond_engine_resident_bytes')).toBe(false);
    expect(valueOf(samples, 'visiond_workers')).toBe(1);
  });

  it('has the calls of a server in front of another one', async () => {
    const upstream = await start();
    const front = await startTestServer({ upstream: upstream.endpoint });
    try {
      await front.client.analyze(fixture('line-english.png'), [textDetection({ languageCodes: ['en'] })]);
      const samples = await scrape(front);
      expect(valueOf(samples, 'grpc_server_handled_total', { grpc_code: 'OK', grpc_method: 'BatchAnalyze' })).toBe(1);
      expect(samples.some(({ name }) => name === 'visiond_workers')).toBe(false);
    } finally {
      await front.close();
    }
  });
});
