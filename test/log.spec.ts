import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { classification, createVisionClient, textDetection, type VisionClient } from '../client/index.js';
import { readConfig } from '../server/config.js';
import { startServer, type RunningServer } from '../server/start-server.js';
import { createLog } from '../server/telemetry/log.js';
import { fixture } from './fixtures.js';
import { serveGrpc } from './grpc-peer.js';
import { bin } from './run-cli.js';
import { post } from './server.js';

const root = mkdtempSync(join(tmpdir(), 'visiond-log-'));
const path = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';
let lines: Array<Record<string, unknown>> = [];
let server: RunningServer;
let client: VisionClient;
let origin: string;

beforeAll(async () => {
  const stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      lines.push(JSON.parse(line));
      done();
    },
  });
  const config = readConfig({ listen: '127.0.0.1:0', workers: '1', 'data-dir': join(root, 'data') }, {});
  server = await startServer(config, createLog(stream));
  await server.ready;
  client = createVisionClient({ endpoint: `127.0.0.1:${server.address.port}` });
  origin = `http://127.0.0.1:${server.address.port}`;
});
afterAll(async () => {
  client.close();
  await server.close();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  lines = [];
});

/** The lines of calls and requests, once there are so many. */
async function logged(count: number): Promise<Array<Record<string, unknown>>> {
  const found = (): Array<Record<string, unknown>> =>
    lines.filter(({ message }) => message === 'call' || message === 'request');
  await vi.waitFor(() => expect(found()).toHaveLength(count));
  return found();
}

describe('the log of a server', () => {
  it('has what it knows about a call over gRPC, and the client has its id', async () => {
    const features = [textDetection({ languageCodes: ['en'] }), classification('quality')];
    const image = fixture('line-english.png');
    await client.analyze(image, features);
    const [call] = await logged(1);
    expect(call).toEqual({
      level: 'info',
      time: expect.any(String),
      message: 'call',
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
      traceId: expect.stringMatching(/^[\da-f]{32}$/),
      principal: 'anonymous',
      peer: '127.0.0.1',
      transport: 'grpc',
      method: path,
      code: 0,
      requestBytes: expect.any(Number),
      images: 1,
      features: 2,
      queueMs: expect.any(Number),
      responseBytes: expect.any(Number),
      milliseconds: expect.any(Number),
    });
    expect(call?.['requestBytes']).toBeGreaterThan(image.length);
    expect(call?.['requestBytes']).toBeLessThan(image.length + 200);
    expect(call?.['responseBytes']).toBeGreaterThan(100);
  });

  it('has the same of a call over REST, and its HTTP status', async () => {
    const body = JSON.stringify({ analyzeSpecs: [] });
    const { headers } = await post(origin, body);
    expect(await logged(1)).toEqual([
      expect.objectContaining({
        requestId: headers.get('x-request-id'),
        transport: 'rest',
        method: path,
        code: 3,
        status: 400,
        reason: 'INVALID_REQUEST',
        requestBytes: body.length,
        responseBytes: 0,
      }),
    ]);
  });

  it('has what reaches no method, and no health checks', async () => {
    const paths = ['/healthz', '/readyz', '/metrics', '/nowhere?api_key=secret'];
    for (const asked of paths) await fetch(`${origin}${asked}`);
    await fetch(`${origin}/vision/v1/batchAnalyze`);
    await fetch(`${origin}/vision/v1/batchAnalyze`, { method: 'POST', headers: { origin: 'http://evil.example' } });
    expect(await logged(3)).toEqual([
      expect.objectContaining({ verb: 'GET', path: '/nowhere', status: 404, reason: 'UNKNOWN_PATH' }),
      expect.objectContaining({ verb: 'GET', path: '/vision/v1/batchAnalyze', status: 501, reason: 'WRONG_VERB' }),
      expect.objectContaining({ method: path, code: 7, status: 403, reason: 'ORIGIN_NOT_ALLOWED' }),
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });
});

describe('malformed HTTP', () => {
  it('has a line and is counted, too', async () => {
    const socket = connect(server.address.port, '127.0.0.1');
    socket.end('NONSENSE\r\n\r\n');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(await logged(1)).toEqual([
      expect.objectContaining({
        peer: '127.0.0.1',
        transport: 'rest',
        status: 400,
        problem: expect.stringMatching(/^Parse Error/),
      }),
    ]);
    const metrics = await (await fetch(`${origin}/metrics`)).text();
    expect(metrics).toContain('http_server_requests_total{method="other",route="unknown",status="400"} 1');
  });
});

describe('visiond serve', () => {
  it('has a log for people, with the level that it is given', async () => {
    const upstream = await serveGrpc({ '/grpc.health.v1.Health/Check': () => Buffer.from([8, 1]) });
    const args = ['--upstream', `127.0.0.1:${upstream.port}`, '--log-format', 'pretty', '--log-level', 'debug'];
    const child = spawn(process.execPath, [bin, 'serve', '--listen', '127.0.0.1:0', ...args]);
    let [output, log] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await expect.poll(() => output, { timeout: 30_000 }).toContain('Ready after');
    await fetch(`http://${/http:\/\/(\S+)/.exec(output)?.[1]}/healthz`);
    await expect.poll(() => log).toMatch(/^\S+Z DEBUG request peer=127\.0\.0\.1 .*path=\/healthz status=200 /m);
    child.kill('SIGTERM');
    await once(child, 'exit');
    upstream.stop();
  });
});
