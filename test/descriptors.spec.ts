import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { serve } from './serve.js';

const isPossible = existsSync('/usr/bin/prlimit') && existsSync('/proc/self/fd');

/** The lowest descriptor that a process does not use. */
function lowestFree(pid: number | undefined): number {
  const used = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (used.has(free)) free++;
  return free;
}

it.skipIf(!isPossible)(
  'a server without file descriptors goes on, says so, and accepts connections again',
  async () => {
    const server = await serve();
    try {
      const { pid } = server.child;
      const get = (): Promise<number> =>
        fetch(`${server.origin}/healthz`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(1000) }).then(
          ({ status }) => status,
          () => 0,
        );
      execFileSync('prlimit', ['--pid', String(pid), `--nofile=${lowestFree(pid) + 5}`]);
      const sockets = Array.from({ length: 40 }, (): Socket => connect(server.port, '127.0.0.1').on('error', () => {}));
      await expect.poll(get).toBe(0);
      const message = 'connections cannot be accepted';
      await expect.poll(() => server.output().stderr, { timeout: 20_000 }).toContain(message);
      for (const socket of sockets) socket.destroy();
      await expect.poll(get).toBe(200);
      expect(server.output().stderr.split(message)).toHaveLength(2);
      expect(server.output().stderr).toContain('EMFILE');
      server.child.kill('SIGTERM');
      expect(await server.exit).toBe(0);
    } finally {
      await server.close();
    }
  },
);
