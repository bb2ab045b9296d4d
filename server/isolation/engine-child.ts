import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { environmentName, type Config } from '../config.js';
import { repositoryRoot } from '../paths.js';
import { findSandbox } from './sandbox.js';

/** Settings that an engine follows. The others are the server's. */
const settings = [
  'data-dir',
  'models-dir',
  'workers',
  'max-pixels',
  'max-pdf-pages',
  'pdf-dpi',
  'pdf-text',
  'max-copies',
  'polygons',
  'job-seconds',
] as const satisfies ReadonlyArray<keyof Config>;

/** Why an engine process ended. */
export type EndReason = 'crash' | 'memory' | 'stuck' | 'silent' | 'protocol' | 'start';

/** Variables of the environment that an engine gets: where libraries, temporary files and time zones are. */
const passedVariables =
  /^(PATH|LD_\w+|DYLD_\w+|TMPDIR|TEMP|TMP|SYSTEMROOT|TZ|LANG|LC_\w+|UV_THREADPOOL_SIZE|MALLOC_\w+)$/;

/**
 * Heap of the process, in MB, before its first collection of everything. Images count as part of it, and those of a
 * full batch are more than V8 starts with: each would be collected for two thirds of what the way here costs.
 */
const initialHeapMb = 64;

/**
 * glibc keeps what is freed for the same size to be asked for again, up to 32 MB by default, and every image has another
 * size. From so many bytes on it gives memory back to the system: half of what it kept, for nothing in time.
 */
const mmapThresholdBytes = 2 << 20;

/** File descriptor of the socket between both processes. */
export const channelDescriptor = 3;
/** What is kept of the last words of a process: those of a library that ends it. */
const maxLastWords = 4096;

/** An engine process, which may not have started yet. */
export interface EngineChild {
  readonly process: ChildProcess;
  readonly channel: Duplex;
  /** Resident memory in bytes, or undefined where the system does not tell. */
  residentBytes(): number | undefined;
  /** What it wrote to its error stream at last. */
  lastWords(): string;
  /** Ends it at once. */
  kill(): void;
}

/** Environment of the process, which follows the settings of the server. */
export function engineEnvironment(
  config: Config,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const passed = Object.entries(own).filter(([name]) => passedVariables.test(name));
  const given = settings.flatMap((name) =>
    config[name] === undefined ? [] : [[environmentName(name), String(config[name])] as const],
  );
  return {
    MALLOC_MMAP_THRESHOLD_: String(mmapThresholdBytes),
    ...Object.fromEntries([...passed, ...given]),
    [environmentName('index')]: `sqlite:${config.index}`,
  };
}

/** Compiled module that runs in the process. */
export const engineEntry = join(repositoryRoot, 'dist/server/engine-process.js');

/** Starts the process of an engine, with as few rights as the system allows. */
export function startEngineChild(config: Config, entry: string): EngineChild {
  const [program, ...rest] = [
    ...findSandbox().command,
    process.execPath,
    `--initial-heap-size=${initialHeapMb}`,
    entry,
  ];
  if (program === undefined) throw new Error('There is no program to start');
  const child = spawn(program, rest, {
    // The socket is a pair without a name: nobody else can connect to it.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: engineEnvironment(config, process.env),
  });
  // It is reported by the exit, or by what is thrown here.
  child.on('error', () => {});
  // Where the system has no more descriptors or processes, there is none.
  if (child.pid === undefined) throw new Error('The system cannot start another process');
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-maxLastWords);
  });
  const channel = child.stdio[channelDescriptor];
  if (!(channel instanceof Duplex)) throw new Error('The engine process has no channel');
  const { pid } = child;
  return {
    process: child,
    channel,
    residentBytes: () => residentBytesOf(pid),
    lastWords: () => words.trim(),
    kill: () => void child.kill('SIGKILL'),
  };
}

function residentBytesOf(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
