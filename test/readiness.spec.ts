import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { credentials, makeGenericClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './server.js';

const [serving, notServing] = [Buffer.from([8, 1]), Buffer.from([8, 2])];
const root = mkdtempSync(join(tmpdir(), 'visiond-ready-'));
let running: TestServer | undefined;
const workers: Worker[] = [];
const collect = (worker: Worker): unknown => workers.push(worker);

/** Starts a server and collects its threads: first that of inference, then that of the index. */
async function start(dataFolder = mkdtempSync(join(root, 'data-'))): Promise<TestServer> {
  workers.length = 0;
  process.on('worker', collect);
  running = await startTestServer({ workers: '1', 'data-dir': dataFolder, isolation: 'none' });
  return running;
}

afterEach(async () => {
  process.off('worker', collect);
  process.off('worker', kill);
  await running?.close();
});

afterAll(() => rmSync(root, { recursive: true }));

/** Lets a thread die, and every one that is started in its place. */
function killForEver(worker: Worker | undefined): void {
  if (worker === undefined) throw new Error('There is no such thread');
  process.on('worker', kill);
  kill(worker);
}

function kill(worker: Worker): void {
  void worker.terminate();
}

function health({ endpoint }: TestServer): Promise<Buffer> {
  const Client = makeGenericClientConstructor({}, 'Health');
  const client = new Client(endpoint, credentials.createInsecure());
  const asIs = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      asIs,
      asIs,
      Buffer.alloc(0),
      (error: ServiceError | null, value?: Buffer) => {
        client.close();
        if (error === null && value !== undefined) resolve(value);
        else reject(error ?? new Error('no value'));
      },
    );
  });
}

async function readyz({ origin }: TestServer): Promise<unknown> {
  const response = await fetch(`${origin}/readyz`);
  return { code: response.status, body: await response.json() };
}

describe('health checks', () => {
  it.each([
    ['inference', 0],
    ['index', 1],
  ])('fail when the threads of %s died for good', async (name, position) => {
    const server = await start();
    expect([await readyz(server), await health(server)]).toEqual([{ code: 200, body: { status: 'ready' } }, serving]);
    killForEver(workers[position]);
    const reason = `All ${name} threads keep crashing. Restart the server.`;
    await expect
      .poll(() => readyz(server), { timeout: 30_000 })
      .toEqual({ code: 503, body: { status: 'not ready', reason } });
    expect(await health(server)).toEqual(notServing);
  });
});

describe('a new data folder', () => {
  it('is for the user of the server alone, with all that is in it', async () => {
    const folder = join(root, 'made', 'data');
    await start(folder);
    const mode = (file: string): number => statSync(join(folder, file)).mode & 0o777;
    expect([mode(''), mode('index.db')]).toEqual([0o700, 0o600]);
  });
});
