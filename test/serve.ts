import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../server/paths.js';
import { bin } from './run-cli.js';

/** `visiond serve` in a process of its own. */
export interface Served {
  readonly child: ChildProcess;
  readonly origin: string;
  readonly port: number;
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Resolves when the process ends, to its exit code. */
  readonly exit: Promise<number | null>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

/**
 * Starts it on a free port, and waits until it is ready.
 * @param wrap what comes before the command line, such as `prlimit`
 */
export async function serve(flags: readonly string[] = [], wrap: readonly string[] = []): Promise<Served> {
  const data = mkdtempSync(join(tmpdir(), 'visiond-serve-'));
  const command = [...wrap, process.execPath, bin, 'serve', '--listen', '127.0.0.1:0', '--workers', '1'];
  const [program = '', ...args] = [...command, '--data-dir', data, ...flags];
  const child = spawn(program, args, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => {
      if (output.stdout.includes('Ready after')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`The server ended with code ${code}: ${output.stderr}`)));
  });
  const [, origin = '', port = ''] = /(http:\/\/\S+:(\d+)) /.exec(output.stdout) ?? [];
  return {
    child,
    origin,
    port: Number(port),
    output: () => output,
    exit,
    async close() {
      child.kill('SIGKILL');
      await exit;
      rmSync(data, { recursive: true });
    },
  };
}
