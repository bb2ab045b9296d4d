import { setTimeout as sleep } from 'node:timers/promises';
// npm run bench:load -- [--seconds 180]
// A server under four times the load that it can bear, clients that go away, and a process of the engine that dies under
// load. Fails over the limits that it prints. The pages, the arrivals and the cancellations are the same in every run.
import { isDeepStrictEqual, parseArgs } from 'node:util';
import {
  createVisionClient,
  textDetection,
  VisionCallError,
  type BatchAnalyzeResponse,
  type VisionClient,
} from '../client/index.js';
import { Code } from '../gen/google/rpc/code.js';
import { availableCores } from '../server/settings/machine.js';
import { drawPages } from './drawn-pages.js';
import { childrenOf } from './process-usage.js';
import { quantile, Report } from './report.js';
import { seeded } from './seeded.js';
import { startBenchServer, type BenchServer } from './server.js';

const maxWaitSeconds = 2;
/** Images that the server sends to its engine at the same time: three for two threads. */
const imagesAtOnce = Math.ceil(1.5 * availableCores());
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '180' } } });
const seconds = Number(values.seconds);
const next = seeded(20_261_130);
const report = new Report();

interface Done {
  readonly page: number;
  /** Since the client wanted to send it. */
  readonly milliseconds: number;
  readonly code: Code;
  readonly response: BatchAnalyzeResponse | undefined;
}

const pages = await drawPages(24);
let server = await startBenchServer(['--max-wait', String(maxWaitSeconds)]);
let clients = connect(server);

const expected: BatchAnalyzeResponse[] = [];
const idle: number[] = [];
for (let turn = 0; turn < 3 * pages.length; turn++) {
  const { response, milliseconds } = await send(turn, 'serial');
  if (response === undefined) throw new Error('A call of an idle server failed.');
  expected[turn % pages.length] = response;
  if (turn >= pages.length) idle.push(milliseconds);
}
const idleP99 = quantile(idle, 0.99);
report.note('idle, p99, ms', idleP99);

const maximum = await measureMaximum(Math.min(30, seconds / 3));
report.note('most images a second', maximum);
await overload();
await cancelHalf(200);
await stop();
// What waits is to wait until the next engine has started.
server = await startBenchServer();
clients = connect(server);
await killUnderLoad(10);
await stop();
report.print();

function connect({ origin }: BenchServer): VisionClient[] {
  return Array.from({ length: 8 }, () => createVisionClient({ endpoint: new URL(origin).host }));
}

async function stop(): Promise<void> {
  for (const client of clients) client.close();
  await server.stop();
}

async function send(page: number, folderId: string, signal?: AbortSignal): Promise<Done> {
  const started = performance.now();
  const value = pages[page % pages.length] ?? Buffer.alloc(0);
  const spec = {
    source: { $case: 'content', value } as const,
    features: [textDetection({ languageCodes: ['en'] })],
    mimeType: '',
  };
  const done = (code: Code, response?: BatchAnalyzeResponse): Done => ({
    page: page % pages.length,
    milliseconds: performance.now() - started,
    code,
    response,
  });
  try {
    const client = clients[page % clients.length] ?? server.client;
    return done(Code.OK, await client.batchAnalyze({ analyzeSpecs: [spec], folderId }, signal ? { signal } : {}));
  } catch (error) {
    return done(error instanceof VisionCallError ? error.code : Code.UNKNOWN);
  }
}

/** Images a second with as many clients as keep the server busy and do not make it refuse. */
async function measureMaximum(duration: number): Promise<number> {
  const until = performance.now() + duration * 1000;
  let count = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() < until) if ((await send(next(1000), 'loud')).code === Code.OK) count++;
  };
  await Promise.all(Array.from({ length: 6 }, loop));
  return count / duration;
}

/** Calls that arrive whatever becomes of those before them. */
function arrivals(perSecond: number, duration: number, folder: string, done: Done[]): Promise<unknown> {
  const calls: Array<Promise<unknown>> = [];
  const started = performance.now();
  const total = Math.round(perSecond * duration);
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, ((performance.now() - started) / 1000) * perSecond);
      while (calls.length < due) calls.push(send(next(1000), folder).then((each) => done.push(each)));
      if (calls.length < total) return;
      clearInterval(timer);
      resolve(Promise.all(calls));
    }, 5);
  });
}

async function overload(): Promise<void> {
  const [loud, quiet]: [Done[], Done[]] = [[], []];
  const memory: number[] = [];
  const sampling = setInterval(() => memory.push(server.memory().resident), 1000);
  await Promise.all([
    arrivals(4 * maximum * 0.9, seconds, 'loud', loud),
    arrivals(4 * maximum * 0.1, seconds, 'quiet', quiet),
  ]);
  clearInterval(sampling);
  const all = [...loud, ...quiet];
  const served = all.filter(({ code }) => code === Code.OK);
  const wrong = served.filter(({ page, response }) => !isDeepStrictEqual(response, expected[page]));
  const others = all.filter(({ code }) => code !== Code.OK && code !== Code.UNAVAILABLE);
  const refused = all.filter(({ code }) => code === Code.UNAVAILABLE).map(({ milliseconds }) => milliseconds);
  report.note('overload: calls', all.length);
  report.atLeast('overload: goodput, share of the most', served.length / seconds / maximum, 0.9);
  const p99 = quantile(
    served.map(({ milliseconds }) => milliseconds),
    0.99,
  );
  report.atMost('overload: p99 of served calls, ms', p99, 3 * idleP99 + 1000 * maxWaitSeconds);
  report.note('overload: median until refused, ms', quantile(refused, 0.5));
  const quietServed = quiet.filter(({ code }) => code === Code.OK).length;
  report.atLeast('overload: served of a folder with a tenth of the load', quietServed / quiet.length, 0.9);
  report.atMost('overload: answers that differ from the serial ones', wrong.length, 0);
  report.atMost('overload: failures that are not refusals', others.length, 0);
  const third = Math.floor(memory.length / 3);
  const growth = quantile(memory.slice(-third), 0.5) / quantile(memory.slice(third, 2 * third), 0.5);
  report.atMost('overload: memory of the last third, times the second', growth, 1.1);
}

async function cancelHalf(count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, position) => {
      const controller = new AbortController();
      const call = send(position, `folder-${position % 10}`, controller.signal);
      if (position % 2 === 0) {
        await sleep(next(2000));
        controller.abort();
      }
      await call;
    }),
  );
  const ended = performance.now();
  let idleAfter = Infinity;
  while (performance.now() - ended < 10_000) {
    const queue = await metric('visiond_queue_images');
    const busy = await metric('visiond_workers{state="busy"}');
    if (queue === 0 && busy === 0) {
      idleAfter = (performance.now() - ended) / 1000;
      break;
    }
    await sleep(50);
  }
  report.atMost(`${count} clients, half of them cancelling: idle after, s`, idleAfter, 2);
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? NaN);
}

async function killUnderLoad(times: number): Promise<void> {
  const done: Done[] = [];
  const over = new AbortController();
  let inFlight = 0;
  const loop = async (): Promise<void> => {
    while (!over.signal.aborted) {
      inFlight++;
      done.push(await send(next(1000), 'loud'));
      inFlight--;
    }
  };
  const loops = Array.from({ length: 6 }, loop);
  let exposed = 0;
  const restarts: number[] = [];
  for (let kill = 0; kill < times; kill++) {
    await sleep(4000);
    exposed += Math.min(inFlight, imagesAtOnce);
    const [engine] = childrenOf(server.pid);
    if (engine !== undefined) process.kill(engine, 'SIGSEGV');
    const killed = performance.now();
    const before = done.filter(({ code }) => code === Code.OK).length;
    while (done.filter(({ code }) => code === Code.OK).length === before) await sleep(20);
    restarts.push((performance.now() - killed) / 1000);
  }
  over.abort();
  await Promise.all(loops);
  const failures = done.filter(({ code }) => code !== Code.OK);
  report.note('engine killed: calls', done.length);
  report.atMost('engine killed: failures', failures.length, exposed);
  report.atMost(
    'engine killed: failures other than UNAVAILABLE',
    failures.filter(({ code }) => code !== Code.UNAVAILABLE).length,
    0,
  );
  report.atMost('engine killed: most seconds until the next answer', Math.max(...restarts), 10);
}
