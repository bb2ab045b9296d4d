// What the way in costs, beside its peers: `npm run bench:gateway`. Fails where a limit is passed. The best of several
// rounds counts; run it on a machine that does nothing else all the same.
import { Agent, request } from 'node:http';
import sharp from 'sharp';
import { createVisionClient } from '../client/index.js';
import { startComparedServer, startDelayingProxy, type ComparedServer, type ServerName } from './gateway-servers.js';
import { median } from './median.js';

const rounds = 5;
const requestsPerRound = 100;
const roundTripMs = 20;
const limits = { cpuOfSink: 1, isolatedCpuOfSink: 1.5, cpuOfExpress: 0.7, overheadMs: 5, uploadMs: 300 };

interface Measured {
  /** Milliseconds of processor time a request, in the best round: whatever else the machine does only adds to it. */
  readonly cpu: number;
  /** Milliseconds until the answer, the median of the best round. */
  readonly latency: number;
}

const restServers: readonly ServerName[] = ['sink', 'visiond', 'isolated', 'express'];
const images = await Promise.all(Array.from({ length: 8 }, drawNoise));
const megabytes = ((images[0]?.length ?? 0) / 1e6).toFixed(1);
const failures: string[] = [];

const eight = await compareRest(8);
const one = await compareRest(1);
const uploads = await compareUploads();

print(`8 images of ${megabytes} MB over REST`, eight);
print(`1 image of ${megabytes} MB over REST`, one);
process.stdout.write(`\n8 images of ${megabytes} MB over gRPC, round trip ${roundTripMs} ms\n`);
for (const [name, milliseconds] of uploads) {
  process.stdout.write(`  ${name.padEnd(12)} ${milliseconds.toFixed(0).padStart(8)} ms\n`);
}

process.stdout.write('\n');
check('CPU of 8 images, times the sink', ratio(eight, 'visiond', 'sink'), limits.cpuOfSink);
check(
  'CPU of 8 images with an engine process, times the sink',
  ratio(eight, 'isolated', 'sink'),
  limits.isolatedCpuOfSink,
);
check('CPU of 8 images, times express.json and fromJSON', ratio(eight, 'visiond', 'express'), limits.cpuOfExpress);
check('Latency of 1 image over the sink, ms', latency(one, 'visiond') - latency(one, 'sink'), limits.overheadMs);
check(
  'Latency of 1 image with an engine process over without, ms',
  latency(one, 'isolated') - latency(one, 'visiond'),
  limits.overheadMs,
);
check(`Upload of 8 images at ${roundTripMs} ms, ms`, uploads.get('visiond') ?? Infinity, limits.uploadMs);
process.exitCode = failures.length === 0 ? 0 : 1;

/** A JPEG file of about 0.9 MB, which cannot be told from a photo by its header. */
function drawNoise(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  return sharp({ create: { width: 1170, height: 1170, channels: 3, background: 'gray', noise } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function compareRest(count: number): Promise<ReadonlyMap<ServerName, Measured>> {
  const body = Buffer.from(
    JSON.stringify({
      folderId: 'b1g',
      analyzeSpecs: images
        .slice(0, count)
        .map((image) => ({ content: image.toString('base64'), features: [{ type: 'FACE_DETECTION' }] })),
    }),
  );
  const running = await Promise.all(restServers.map(async (name) => [name, await startComparedServer(name)] as const));
  const cpu = new Map<ServerName, number[]>();
  const latencies = new Map<ServerName, number[]>();
  // The servers take turns, so that whatever else the machine does hits all of them. The first round warms them up.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, server] of running) {
      const before = await server.cpuMicroseconds();
      const times = await sendTimes(server, body, requestsPerRound);
      const used = ((await server.cpuMicroseconds()) - before) / 1000 / requestsPerRound;
      if (round === 0) continue;
      cpu.set(name, [...(cpu.get(name) ?? []), used]);
      latencies.set(name, [...(latencies.get(name) ?? []), median(times)]);
    }
  }
  for (const [, server] of running) server.stop();
  return new Map(restServers.map((name) => [name, { cpu: best(cpu.get(name)), latency: best(latencies.get(name)) }]));
}

async function sendTimes({ port }: ComparedServer, body: Buffer, times: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const taken: number[] = [];
  for (let sent = 0; sent < times; sent++) {
    const started = performance.now();
    await new Promise<void>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const call = request(
        { port, host: '127.0.0.1', agent, method: 'POST', path: '/vision/v1/batchAnalyze', headers },
        (response) => {
          response.resume();
          response.once('end', () =>
            response.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${response.statusCode}`)),
          );
        },
      );
      call.once('error', reject);
      call.end(body);
    });
    taken.push(performance.now() - started);
  }
  agent.destroy();
  return taken;
}

async function compareUploads(): Promise<ReadonlyMap<ServerName, number>> {
  const results = new Map<ServerName, number>();
  for (const name of ['visiond', 'grpc-js'] as const) {
    const server = await startComparedServer(name);
    const proxy = await startDelayingProxy(server.port, roundTripMs);
    const client = createVisionClient({ endpoint: `127.0.0.1:${proxy.port}` });
    const send = async (contents: readonly Buffer[]): Promise<number> => {
      const started = performance.now();
      await client.batchAnalyze({
        folderId: '',
        analyzeSpecs: contents.map((value) => ({
          source: { $case: 'content', value },
          features: [{ type: 3, config: undefined }],
          mimeType: '',
        })),
      });
      return performance.now() - started;
    };
    // The connection is there, as it is for a client that lives: what is measured is the upload.
    await send([Buffer.from('x')]);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await send(images));
    results.set(name, best(times));
    client.close();
    proxy.close();
    server.stop();
  }
  return results;
}

function print(title: string, measured: ReadonlyMap<ServerName, Measured>): void {
  process.stdout.write(`\n${title}\n`);
  for (const [name, { cpu, latency: time }] of measured) {
    process.stdout.write(
      `  ${name.padEnd(12)} ${cpu.toFixed(2).padStart(8)} ms CPU ${time.toFixed(2).padStart(8)} ms until the answer\n`,
    );
  }
}

function check(what: string, value: number, limit: number): void {
  const passed = value <= limit;
  if (!passed) failures.push(what);
  process.stdout.write(`${passed ? 'ok  ' : 'FAIL'} ${what}: ${value.toFixed(2)}, limit ${limit}\n`);
}

function ratio(measured: ReadonlyMap<ServerName, Measured>, name: ServerName, peer: ServerName): number {
  return (measured.get(name)?.cpu ?? Infinity) / (measured.get(peer)?.cpu ?? 1);
}

function latency(measured: ReadonlyMap<ServerName, Measured>, name: ServerName): number {
  return measured.get(name)?.latency ?? Infinity;
}

function best(values: readonly number[] | undefined): number {
  return Math.min(...(values ?? []));
}
