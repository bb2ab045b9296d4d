import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../server/paths.js';

const bin = join(repositoryRoot, 'server/bin/visiond.js');

function visiond(args: readonly string[], stdio: StdioOptions): ChildProcess {
  return spawn(process.execPath, [bin, ...args], { cwd: repositoryRoot, stdio });
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

/** A port that nobody listens on: a server without an output cannot say which it took. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** Starts a server, lets `spoil` take its output away, sends calls and SIGTERM. @returns what it answered, and its exit code */
async function serveWithout(
  stdio: StdioOptions,
  spoil: (child: ChildProcess) => void,
): Promise<{ statuses: number[]; code: number | null }> {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), 'visiond-output-'));
  const child = visiond(['serve', '--listen', `127.0.0.1:${port}`, '--workers', '1', '--data-dir', data], stdio);
  const exit = exitOf(child);
  spoil(child);
  const get = (path: string): Promise<number> =>
    fetch(`http://127.0.0.1:${port}${path}`).then(
      ({ status }) => status,
      () => 0,
    );
  try {
    await expect.poll(() => get('/readyz'), { timeout: 30_000 }).toBe(200);
    const statuses: number[] = [];
    // Each of them is logged.
    for (let call = 0; call < 3; call++) statuses.push(await get('/endpoints'));
    child.kill('SIGTERM');
    return { statuses, code: await exit };
  } finally {
    child.kill('SIGKILL');
    await exit;
    rmSync(data, { recursive: true });
  }
}

const fine = { statuses: [200, 200, 200], code: 0 };

describe('visiond serve', () => {
  it('goes on when the readers of its output go away', async () => {
    expect(
      await serveWithout(['ignore', 'pipe', 'pipe'], ({ stdout, stderr }) => {
        stdout?.destroy();
        stderr?.destroy();
      }),
    ).toEqual(fine);
  });

  it.skipIf(!existsSync('/dev/full'))('goes on when the disk of its output is full', async () => {
    const full = openSync('/dev/full', 'w');
    expect(await serveWithout(['ignore', full, full], () => closeSync(full))).toEqual(fine);
  });
});

describe('other commands', () => {
  it('end without a word when their reader has seen enough', async () => {
    const child = visiond(['models', 'list'], ['ignore', 'pipe', 'pipe']);
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout?.destroy();
    expect([await exitOf(child), errors]).toEqual([141, '']);
  });

  it.skipIf(!existsSync('/dev/full'))('say that their output cannot be written', async () => {
    const full = openSync('/dev/full', 'w');
    const child = visiond(['--help'], ['ignore', full, 'pipe']);
    closeSync(full);
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    expect([await exitOf(child), errors]).toEqual([
      1,
      expect.stringMatching(/^Cannot write the output: .*ENOSPC.*\.\n$/),
    ]);
  });
});

describe('visiond keys create', () => {
  it.skipIf(!existsSync('/dev/full')).each([
    ['on a full disk', (create: string) => `${create} >/dev/full`, 'the disk is full'],
    ['without an output', (create: string) => `${create} >&-`, 'standard output is closed or /dev/null'],
    [
      'with a reader that is gone',
      (create: string, gone: string) => `mkfifo ${gone}; (read -r <${gone}; ${create}) | { exec <&-; echo >${gone}; }`,
      'write EPIPE',
    ],
  ])('revokes a key that nobody saw: %s', async (_where, script, reason) => {
    const data = mkdtempSync(join(tmpdir(), 'visiond-output-'));
    const create = `"${process.execPath}" "${bin}" keys create --folder f --data-dir "${data}"`;
    const child = spawn('bash', ['-c', `set -o pipefail; ${script(create, `"${join(data, 'gone')}"`)}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, errors]).toEqual([1, `The key was revoked because it could not be shown: ${reason}.\n`]);
    expect(JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8'))).toEqual({ keys: [] });
    rmSync(data, { recursive: true });
  });
});
