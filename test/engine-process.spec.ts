import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createIndexClient,
  textDetection,
  VisionCallError,
  type AnalyzeSpec,
  type BatchAnalyzeResponse,
  type IndexClient,
} from '../client/index.js';
import { ErrorInfo, RetryInfo } from '../gen/google/rpc/error_details.js';
import { readConfig } from '../server/config.js';
import type { EndReason } from '../server/isolation/engine-child.js';
import { IsolatedEngine } from '../server/isolation/isolated-engine.js';
import { findSandbox } from '../server/isolation/sandbox.js';
import { repositoryRoot } from '../server/paths.js';
import { silentLog } from '../server/telemetry/log.js';
import { Readiness } from '../server/telemetry/readiness.js';
import { fixture } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'visiond-engine-'));
let server: TestServer;
let index: IndexClient;
beforeAll(async () => {
  server = await startTestServer({ workers: '1', 'data-dir': folder });
  index = createIndexClient({ endpoint: server.endpoint });
});
afterAll(async () => {
  index.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Processes of engines that this process has started. */
function engines(parent = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [name, ppid] = ['cmdline', 'status'].map((file) => readIfThere(`/proc/${pid}/${file}`));
      return name?.startsWith('visiond engine') === true && ppid?.includes(`\nPPid:\t${parent}\n`) === true;
    });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function onlyEngine(): number {
  const [pid, ...others] = engines();
  if (pid === undefined || others.length > 0) throw new Error('There is not one engine process');
  return pid;
}

const page = (): AnalyzeSpec => ({
  source: { $case: 'content', value: fixture('faces.png') },
  features: [textDetection({ languageCodes: ['en'] })],
  mimeType: '',
});

function analyze(images: number): Promise<BatchAnalyzeResponse> {
  return server.client.batchAnalyze({ analyzeSpecs: Array.from({ length: images }, page), folderId: '' });
}

/** Code, reason, and seconds to wait. */
function describeFailure(failure: unknown): unknown {
  if (!(failure instanceof VisionCallError)) return failure;
  const [info, retry] = ['ErrorInfo', 'RetryInfo'].map((name) =>
    failure.details.find(({ typeUrl }) => typeUrl.endsWith(`google.rpc.${name}`)),
  );
  const seconds = retry && RetryInfo.decode(retry.value).retryDelay?.seconds;
  return [failure.code, info && ErrorInfo.decode(info.value).reason, seconds];
}

async function isReady(): Promise<boolean> {
  return (await fetch(`${server.origin}/readyz`)).ok;
}

describe('the end of an engine process', () => {
  it.each([
    ['SIGSEGV', 'as by a fault of native code'],
    ['SIGKILL', 'as by the system where memory runs out'],
    ['SIGABRT', 'as by a failed allocation of native code'],
  ] as const)('by %s, %s, fails the calls that ran in it, and no others', async (signal, _cause) => {
    await index.add({ id: signal, content: fixture('faces.png') });
    const pid = onlyEngine();
    // Both of the first are in the process, the others wait.
    const calls = Array.from({ length: 5 }, () => analyze(1));
    const outcomes = Promise.allSettled(calls);
    await sleep(150);
    process.kill(pid, signal);
    const settled = await outcomes;
    const failures = settled.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.length).toBeLessThanOrEqual(2);
    expect(failures.map(describeFailure)).toEqual(failures.map(() => [14, 'ENGINE_LOST', 2n]));
    expect(onlyEngine()).not.toBe(pid);
    expect(await isReady()).toBe(true);
    // What was acknowledged is there.
    expect((await index.get(signal))?.id).toBe(signal);
  });
});

describe('an engine process', () => {
  it('has no network, no privileges and no secrets', () => {
    const pid = onlyEngine();
    const { limits } = findSandbox();
    // Where the machine allows it, as the machines that test this do.
    expect(limits[0]).toBe('no network');
    expect(readlinkSync(`/proc/${pid}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'));
    const interfaces = readFileSync(`/proc/${pid}/net/dev`, 'utf8').match(/^\s*\w+:/gm);
    expect(interfaces?.map((line) => line.trim())).toEqual(['lo:']);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    // CAP_CHOWN, CAP_DAC_OVERRIDE and CAP_FOWNER at most: access to files of others, for root in a container.
    expect(Number.parseInt(/^CapEff:\t(\w+)$/m.exec(status)?.[1] ?? 'f', 16) & ~0xb).toBe(0);
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map((entry) => entry.split('=')[0]);
    expect(names).not.toContain('HOME');
    expect(names).not.toContain('NODE_OPTIONS');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves %s to its server', async (signal) => {
    const pid = onlyEngine();
    // As Ctrl-C does, which reaches all processes of a terminal, and service managers, which send it to all of a service.
    process.kill(pid, signal);
    expect((await analyze(1)).results[0]?.error).toBeUndefined();
    expect(onlyEngine()).toBe(pid);
  });

  it('ends with its server, however that ends', async () => {
    const engine = new IsolatedEngine(optionsWith(4e9));
    await engine.ready();
    const before = engines();
    await engine.close();
    expect(engines()).toHaveLength(before.length - 1);
  });

  it('is ended when its memory passes the limit, again and again, until it is given up', async () => {
    const reasons: EndReason[] = [];
    const readiness = new Readiness(silentLog);
    const engine = new IsolatedEngine({
      ...optionsWith(100e6),
      readiness,
      onRestart: (reason) => reasons.push(reason),
    });
    await expect(engine.ready()).rejects.toThrow('signal SIGKILL');
    await expect.poll(() => reasons.length, { timeout: 20_000 }).toBeGreaterThan(2);
    expect(new Set(reasons)).toEqual(new Set(['memory']));
    expect(readiness.warnings.join()).toContain('is being restarted');
    await engine.close();
  });
});

describe('an engine process that cannot start again', () => {
  it('is started again and again, and its callers are told after the sixth time', async () => {
    const readiness = new Readiness(silentLog);
    const reasons: EndReason[] = [];
    const file = join(folder, 'starts_once');
    const engine = new IsolatedEngine({
      ...optionsWith(4e9),
      config: readConfig({ 'data-dir': file }, {}),
      entry: join(repositoryRoot, 'test/workers/odd-engine.mjs'),
      readiness,
      onRestart: (reason) => reasons.push(reason),
    });
    await engine.ready();
    const call = { requestId: '', folderId: '', signal: new AbortController().signal };
    await expect(engine.call('any', Buffer.alloc(0), call)).rejects.toMatchObject({ reason: 'ENGINE_LOST' });
    // It waits for a process that accepts calls.
    await expect(engine.call('any', Buffer.alloc(0), call)).rejects.toMatchObject({ reason: 'ENGINE_LOST' });
    expect(reasons).toEqual(['crash', 'start', 'start', 'start', 'start', 'start']);
    expect([readiness.ready, readiness.reasons]).toEqual([false, ['The process that analyzes images keeps stopping.']]);
    await engine.close();
    rmSync(file);
  });
});

describe('an engine process that says nothing any more', () => {
  it('is replaced', async () => {
    const reasons: EndReason[] = [];
    const others = engines();
    const engine = new IsolatedEngine({ ...optionsWith(4e9), onRestart: (reason) => reasons.push(reason) });
    await engine.ready();
    const pid = engines().find((each) => !others.includes(each));
    process.kill(pid ?? 0, 'SIGSTOP');
    await expect.poll(() => reasons, { timeout: 40_000 }).toEqual(['silent']);
    await engine.close();
    expect(engines()).toEqual(others);
  });
});

describe('a request that ends the process', () => {
  it('is not run a fourth time', async () => {
    const engine = new IsolatedEngine({
      ...optionsWith(4e9),
      config: readConfig({ 'data-dir': join(folder, 'last_words') }, {}),
      entry: join(repositoryRoot, 'test/workers/odd-engine.mjs'),
    });
    const call = { requestId: '', folderId: '', signal: new AbortController().signal };
    const outcomes: unknown[] = [];
    for (let time = 0; time < 4; time++) {
      await engine.call('any', Buffer.alloc(2000, 'killer'), call).catch((error: unknown) => outcomes.push(error));
    }
    expect(outcomes).toEqual(
      ['ENGINE_LOST', 'ENGINE_LOST', 'ENGINE_LOST', 'ENGINE_ENDED_BEFORE'].map((reason) =>
        expect.objectContaining({ reason }),
      ),
    );
    await engine.close();
  });
});

describe('an engine process that misbehaves', () => {
  it.each<[string, string, EndReason]>([
    ['has a job that does not come back', 'stuck', 'stuck'],
    ['does not keep to the format', 'garbage', 'protocol'],
    ['ends itself', 'last_words', 'crash'],
  ])('and %s is replaced, and its call fails', async (_, behavior, reason) => {
    const reasons: EndReason[] = [];
    const lines: string[] = [];
    const engine = new IsolatedEngine({
      ...optionsWith(4e9),
      config: readConfig({ 'data-dir': join(folder, behavior) }, {}),
      log: { ...silentLog, error: (text, fields) => void lines.push(`${text} ${JSON.stringify(fields)}`) },
      entry: join(repositoryRoot, 'test/workers/odd-engine.mjs'),
      onRestart: (each) => reasons.push(each),
    });
    const before = engines();
    await engine.ready();
    const call = engine.call('any', Buffer.alloc(0), {
      requestId: '',
      folderId: '',
      signal: new AbortController().signal,
    });
    await expect(call).rejects.toMatchObject({ reason: 'ENGINE_LOST' });
    expect(reasons).toEqual([reason]);
    expect(lines.join('\n')).toContain(behavior === 'last_words' ? 'the library says goodbye' : reason);
    await engine.close();
    expect(engines()).toEqual(before);
  });
});

function optionsWith(maxBytes: number) {
  const config = readConfig({ workers: '1', 'data-dir': folder }, {});
  return { config, maxBytes, log: silentLog, readiness: new Readiness(silentLog) };
}
