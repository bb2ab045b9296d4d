import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVisionClient, textDetection } from '../client/index.js';
import { repositoryRoot } from '../server/paths.js';
import { fixture } from './fixtures.js';
import { serveGrpc, type GrpcPeer } from './grpc-peer.js';
import { bin } from './run-cli.js';

const path = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${caller}-01`;

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

/** What OTLP over HTTP carries in JSON, as far as it is looked at. */
interface OtlpRequest {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: { readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: unknown }> };
    readonly scopeSpans: ReadonlyArray<{ readonly spans: readonly OtlpSpan[] }>;
  }>;
}

let upstream: GrpcPeer;
/** What the upstream was told to continue. */
let continued: string[];
let collector: Server;
let received: OtlpRequest[];
let child: ChildProcess;
let output: string;

beforeEach(async () => {
  continued = [];
  received = [];
  output = '';
  upstream = await serveGrpc({
    [path]: ({ metadata }) => {
      continued.push(...metadata.get('traceparent').map(String));
      return Buffer.alloc(0);
    },
    '/grpc.health.v1.Health/Check': () => Buffer.from([8, 1]),
  });
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await once(collector.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  child.kill('SIGKILL');
  upstream.stop();
  collector.closeAllConnections();
  collector.close();
});

/** Starts a server with the example: one in front of the upstream, or another one. @returns its `host:port` */
async function serve(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = ['--upstream', `127.0.0.1:${upstream.port}`],
): Promise<string> {
  const example = pathToFileURL(join(repositoryRoot, 'examples/otel.mjs')).href;
  child = spawn(process.execPath, [bin, 'serve', '--listen', '127.0.0.1:0', ...args], {
    env: { ...process.env, NODE_OPTIONS: `--import ${example}`, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await expect.poll(() => output, { timeout: 30_000 }).toContain('Ready after');
  return /http:\/\/(\S+)/.exec(output)?.[1] ?? '';
}

/** Where the collector listens. */
function collectorUrl(): string {
  const address = collector.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** The spans that the collector got. */
function spansOf(requests: readonly OtlpRequest[]): OtlpSpan[] {
  return requests.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}

async function stop(): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

describe('examples/otel.mjs', () => {
  it('sends the spans of calls to a collector, and none is lost at the end', async () => {
    const address = collector.address();
    const port = typeof address === 'object' ? address?.port : '';
    const endpoint = await serve({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_SERVICE_NAME: 'eyes',
    });
    const response = await fetch(`http://${endpoint}/vision/v1/batchAnalyze`, {
      method: 'POST',
      headers: { traceparent },
      body: '{}',
    });
    expect(response.status).toBe(200);
    const client = createVisionClient({ endpoint });
    await client.batchAnalyze({ analyzeSpecs: [], folderId: '' });
    client.close();
    await stop();
    expect(received[0]?.resourceSpans[0]?.resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'eyes' },
    });
    const spans = spansOf(received);
    expect(spans.map(({ name }) => name)).toEqual([
      'POST /vision/v1/batchAnalyze',
      'yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze',
    ]);
    expect(spans[0]).toMatchObject({ traceId, parentSpanId: caller });
    expect(spans[1]?.traceId).not.toBe(traceId);
    // Another server continues the trace below the span, not beside it.
    expect(continued).toEqual(spans.map((span) => `00-${span.traceId}-${span.spanId}-01`));
  });

  it('sends the spans of stages, which happened in another process', async () => {
    const data = mkdtempSync(join(tmpdir(), 'visiond-otel-'));
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl() };
    const endpoint = await serve(environment, ['--workers', '1', '--data-dir', data]);
    const client = createVisionClient({ endpoint });
    await client.analyze(fixture('line-english.png'), [textDetection({ languageCodes: ['en'] })]);
    client.close();
    await stop();
    rmSync(data, { recursive: true });
    const [call, ...stages] = spansOf(received)
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .toReversed();
    expect(call?.name).toBe('yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze');
    expect(stages.map(({ name }) => name)).toEqual(['text-detection', 'queue', 'decode']);
    for (const stage of stages) expect(stage).toMatchObject({ traceId: call?.traceId, parentSpanId: call?.spanId });
    // The SDK starts spans on whole milliseconds, stages have fractions of them.
    const [start, end] = [Number(call?.startTimeUnixNano) / 1e6 - 2, Number(call?.endTimeUnixNano) / 1e6 + 2];
    for (const { startTimeUnixNano, endTimeUnixNano } of stages) {
      expect(Number(startTimeUnixNano) / 1e6).toBeGreaterThanOrEqual(start);
      expect(Number(endTimeUnixNano) / 1e6).toBeLessThanOrEqual(end);
    }
  });

  it('prints them where there is no collector', async () => {
    const endpoint = await serve({});
    const response = await fetch(`http://${endpoint}/vision/v1/batchAnalyze`, {
      method: 'POST',
      headers: { traceparent },
      body: '{}',
    });
    expect(response.status).toBe(200);
    await stop();
    expect(output).toContain(`traceId: '${traceId}'`);
    expect(output).toContain(`name: 'POST /vision/v1/batchAnalyze'`);
    expect(output).toContain(`'service.name': 'visiond'`);
  });
});
