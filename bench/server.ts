import { spawn } from 'node:child_process';
import { createVisionClient, type VisionClient } from '../client/index.js';
import { cpuSecondsOf, memoryOf } from './process-usage.js';

/** A server in a process of its own, as users run it. */
export interface BenchServer {
  readonly client: VisionClient;
  readonly origin: string;
  readonly pid: number | undefined;
  /** Seconds from the start of the process to the self-test passed. */
  readonly readySeconds: number;
  /** Resident memory of the process now, and its highest so far, in MB. Linux only, elsewhere 0. */
  memory(): { resident: number; peak: number };
  /** Processor seconds that the process has used. Linux only, elsewhere 0. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** Starts `visiond serve` of a clone on a free port and waits until it is ready. */
export async function startBenchServer(args: readonly string[] = [], clone = '.'): Promise<BenchServer> {
  const started = performance.now();
  const child = spawn(process.execPath, ['server/bin/visiond.js', 'serve', '--listen', '127.0.0.1:0', ...args], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready after')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`The server ended with code ${code}: ${output}`)));
  });
  let isStopping = false;
  child.once('exit', (code, signal) => {
    if (!isStopping) process.stderr.write(`The server ended by itself, with ${signal ?? `code ${code}`}.\n`);
  });
  const [, origin = '', endpoint = ''] = /(http:\/\/(\S+?)) /.exec(output) ?? [];
  const client = createVisionClient({ endpoint, timeoutMs: 300_000 });
  return {
    client,
    origin,
    pid: child.pid,
    readySeconds: (performance.now() - started) / 1000,
    memory: () => memoryOf(child.pid),
    cpuSeconds: () => cpuSecondsOf(child.pid),
    async stop() {
      isStopping = true;
      client.close();
      // It may have ended by itself.
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}
