// npm run bench:hostile -- [--images 20000] [--bodies 20000] [--seed 1]
// What a stranger may do to a server: bodies that are to be refused, images that are admitted and take all that they may,
// and mutated images and bodies. Fails over the limits that it prints. Everything follows from the seed.
import { request } from 'node:http';
import { parseArgs } from 'node:util';
import { credentials, makeGenericClientConstructor, Metadata } from '@grpc/grpc-js';
import { faceDetection, imageCopySearch, textDetection, type AnalyzeSpec, type Feature } from '../client/index.js';
import { hostileImages } from '../datasets/drawn/draw-hostile.js';
import { attacks, emptySpecs, type Attack } from './attacks.js';
import { drawPages } from './drawn-pages.js';
import { fuzzGrpc, fuzzImages, fuzzRest } from './fuzz.js';
import { LoopWatch } from './loop-watch.js';
import { childrenOf, memoryOf } from './process-usage.js';
import { quantile, Report } from './report.js';
import { startBenchServer } from './server.js';

const limits = { blockedMs: 100, refusedMb: 100, jobSeconds: 30, engineMb: 1000, timesIdle: 3 };
/** What is not a job: decoding, reading and writing, and the end of a native call. */
const graceSeconds = 5;

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '20000' },
    bodies: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
const report = new Report();
const server = await startBenchServer(['--job-seconds', String(limits.jobSeconds)]);
const watch = new LoopWatch(server.origin);
const [page = Buffer.alloc(0)] = await drawPages(1);

await refuse();
await admit();
for (const [name, find] of [
  ['mutated images', () => fuzzImages(server, Number(values.images), seed)],
  ['mutated bodies over REST', () => fuzzRest(server, Number(values.bodies) / 2, seed)],
  ['mutated messages over gRPC', () => fuzzGrpc(server, Number(values.bodies) / 2, seed)],
] as const) {
  const faults = await find();
  report.atMost(`${name}, seed ${seed}: faults`, faults.length, 0);
  for (const [input, problem] of faults.slice(0, 20)) console.error(`${name}, ${input}: ${problem}`);
}
report.atMost('ends of the engine process', await restarts(), 0);
report.print();
watch.close();
await server.stop();

async function refuse(): Promise<void> {
  const list: Array<readonly [name: string, send: () => Promise<string>]> = [
    ...attacks().map((attack) => [attack.name, () => post(attack)] as const),
    ['empty specs over gRPC', () => callGrpc(emptySpecs(16 << 20))],
  ];
  // The first request of each kind compiles what it runs.
  await post(attacks()[0]!);
  for (const [name, send] of list) {
    await watch.longest();
    const before = memoryOf(server.pid).resident;
    const answer = await send();
    report.atMost(`${name} (${answer}): loop blocked, ms`, await watch.longest(), limits.blockedMs);
    report.atMost(`${name}: memory, MB`, memoryOf(server.pid).resident - before, limits.refusedMb);
  }
}

/** Sends an attack. @returns the status of the answer */
function post({ path, headers, body }: Attack): Promise<string> {
  return new Promise((resolve) => {
    const call = request(new URL(path, server.origin), { method: 'POST', headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(String(response.statusCode)));
    });
    call.once('error', ({ message }) => resolve(message));
    call.end(body);
  });
}

function callGrpc(message: Buffer): Promise<string> {
  const Client = makeGenericClientConstructor({}, 'Attack');
  const client = new Client(new URL(server.origin).host, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': 2,
    'grpc.max_send_message_length': -1,
  });
  const asIs = (bytes: Buffer): Buffer => bytes;
  const path = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, asIs, asIs, message, new Metadata(), (error) => {
      client.close();
      resolve(`code ${error?.code ?? 0}`);
    });
  });
}

/** Analyzes hostile images, two of each at the same time, while another client sends small ones. */
async function admit(): Promise<void> {
  const small = async (): Promise<number> => {
    const started = performance.now();
    await server.client.batchAnalyze({ analyzeSpecs: [specOf(page, textDetection())], folderId: 'quiet' });
    return performance.now() - started;
  };
  const idle: number[] = [];
  for (let call = 0; call < 30; call++) idle.push(await small());
  const idleP99 = quantile(idle.slice(5), 0.99);
  report.note('idle, p99, ms', idleP99);
  for (const { name, draw } of hostileImages) {
    const content = await draw();
    const [engine] = childrenOf(server.pid);
    const over = new AbortController();
    let engineMb = 0;
    const sampling = setInterval(() => (engineMb = Math.max(engineMb, memoryOf(engine).resident)), 100);
    const started = performance.now();
    const hostile = Promise.all(
      [1, 2].map(() =>
        server.client
          .batchAnalyze({
            analyzeSpecs: [specOf(content, textDetection(), faceDetection(), imageCopySearch())],
            folderId: 'loud',
          })
          .then(
            ({ results }) => results[0]?.error?.code ?? results[0]?.results.map(({ error }) => error?.code ?? 0).join(),
            (error: unknown) => String(error),
          ),
      ),
    ).finally(() => over.abort());
    const others: number[] = [];
    while (!over.signal.aborted || others.length < 20) others.push(await small());
    const outcome = await hostile;
    const seconds = (performance.now() - started) / 1000;
    clearInterval(sampling);
    report.note(`${name} (${outcome.join(' ')}): s`, seconds);
    // The second waits until the first is done.
    report.atMost(`${name}: s for two`, seconds, 2 * (limits.jobSeconds + graceSeconds));
    report.atMost(`${name}: memory of the engine, MB`, engineMb, limits.engineMb);
    report.atMost(`${name}: p99 of others, times idle`, quantile(others, 0.99) / idleP99, limits.timesIdle);
  }
}

function specOf(value: Buffer, ...features: Feature[]): AnalyzeSpec {
  return { source: { $case: 'content', value }, features, mimeType: '' };
}

async function restarts(): Promise<number> {
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('visiond_engine_restarts_total'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
