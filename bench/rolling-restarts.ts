import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
// npm run bench:rolling -- [--restarts 10] [--shutdown-delay 3]
// Restarts two replicas behind HAProxy in turn, while clients go on calling at a steady rate over REST and gRPC. Neither
// HAProxy nor the clients repeat a call. Fails if one fails.
import { parseArgs } from 'node:util';
import { createVisionClient, faceDetection } from '../client/index.js';
import { drawPages } from './drawn-pages.js';
import { freePort, startBalancer } from './haproxy.js';
import { Report } from './report.js';

const { values } = parseArgs({
  options: { restarts: { type: 'string', default: '10' }, 'shutdown-delay': { type: 'string', default: '3' } },
});
const restarts = Number(values.restarts);
/** Milliseconds between two calls of a kind. */
const everyMs = { discovery: 20, image: 250 };
/** Two checks in a row tell the balancer that a replica is back, and one more second of patience. */
const backMs = 3000;

const folder = mkdtempSync(join(tmpdir(), 'visiond-rolling-'));
const ports = [await freePort(), await freePort()];
const exitCodes: Array<number | null> = [];
const counts = new Map<string, { calls: number; failures: string[] }>();

let replicas = await Promise.all(ports.map(startReplica));
const balancer = await startBalancer(ports);
const client = createVisionClient({ endpoint: `127.0.0.1:${balancer.grpcPort}`, timeoutMs: 30_000 });
const agent = new Agent({ keepAlive: true });
const [page = Buffer.alloc(0)] = await drawPages(1);
const body = JSON.stringify({
  analyzeSpecs: [{ content: page.toString('base64'), features: [{ type: 'FACE_DETECTION' }] }],
});
await sleep(backMs);

const running = new Set<Promise<void>>();
const timers = [
  every(everyMs.discovery, 'REST, endpoints', () => rest('GET', '/endpoints')),
  every(everyMs.image, 'REST, images', () => rest('POST', '/vision/v1/batchAnalyze', body)),
  every(everyMs.image, 'gRPC, images', async () => {
    const [result] = await client.analyze(page, [faceDetection()]);
    if (result?.error !== undefined) throw new Error(result.error.message);
  }),
];
for (let restart = 1; restart <= restarts; restart++) {
  for (const [index, port] of ports.entries()) {
    const old = replicas[index];
    old?.kill('SIGTERM');
    exitCodes.push(await exitOf(old));
    const replica = await startReplica(port);
    replicas = replicas.with(index, replica);
    await sleep(backMs);
  }
  process.stderr.write(`${restart} of ${restarts} restarts\n`);
}
for (const timer of timers) clearInterval(timer);
await Promise.all(running);

const report = new Report();
for (const [kind, { calls, failures }] of counts) {
  report.note(`${kind}, calls`, calls);
  report.atMost(`${kind}, failures`, failures.length, 0);
  for (const failure of new Set(failures)) process.stderr.write(`${kind}: ${failure}\n`);
}
report.atMost('replicas that did not exit with code 0', exitCodes.filter((code) => code !== 0).length, 0);
report.print();
client.close();
agent.destroy();
await balancer.stop();
for (const replica of replicas) {
  replica.kill('SIGTERM');
  await exitOf(replica);
}
rmSync(folder, { recursive: true });

function every(milliseconds: number, kind: string, call: () => Promise<void>): NodeJS.Timeout {
  const count = { calls: 0, failures: new Array<string>() };
  counts.set(kind, count);
  return setInterval(() => {
    count.calls++;
    const done = call()
      .catch((error: unknown) => void count.failures.push(error instanceof Error ? error.message : String(error)))
      .finally(() => running.delete(done));
    running.add(done);
  }, milliseconds);
}

function rest(method: string, path: string, content = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { agent, host: '127.0.0.1', port: balancer.restPort, method, path };
    const call = httpRequest(options, (response: IncomingMessage) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`HTTP ${response.statusCode}`));
      });
      response.once('error', reject);
    });
    call.once('error', reject);
    call.end(content);
  });
}

/** Starts a replica and waits until it is ready. */
async function startReplica(port: number): Promise<ChildProcess> {
  const data = join(folder, String(port));
  const flags = ['--listen', `127.0.0.1:${port}`, '--data-dir', data, '--workers', '1'];
  const delay = ['--shutdown-delay', values['shutdown-delay']];
  const child = spawn(process.execPath, ['server/bin/visiond.js', 'serve', ...flags, ...delay], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready after')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`A replica ended with code ${code}: ${output}`)));
  });
  return child;
}

async function exitOf(child: ChildProcess | undefined): Promise<number | null> {
  if (child === undefined) return null;
  if (child.exitCode !== null) return child.exitCode;
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}
