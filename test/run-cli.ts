import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../server/paths.js';

/** A command that has ended. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const execute = promisify(execFile);
/** What npm installs as `visiond`. */
export const bin = join(repositoryRoot, 'server/bin/visiond.js');
/** A server that starts where it should not ends then, with code NaN. */
const timeoutMs = 50_000;

/** Runs `visiond` in the root of the repository and waits for its end. */
export async function visiond(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const options = {
    cwd: repositoryRoot,
    env: { ...process.env, ...environment },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  } as const;
  try {
    return { code: 0, ...(await execute(process.execPath, [bin, ...args], options)) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'stdout' in error && 'stderr' in error)) throw error;
    return { code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}
