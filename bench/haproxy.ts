import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A balancer in front of replicas. */
export interface Balancer {
  /** Port for HTTP/1.1. */
  readonly restPort: number;
  /** Port for HTTP/2 without TLS. */
  readonly grpcPort: number;
  stop(): Promise<void>;
}

/**
 * The balancer of docs/operations.md: it asks /readyz every second, takes a replica out after two failures, and repeats
 * nothing: neither a request on another connection nor on another server.
 */
function configuration(restPort: number, grpcPort: number, replicas: readonly number[]): string {
  const servers = (options: string): string =>
    replicas.map((port) => `  server replica-${port} 127.0.0.1:${port} ${options}`).join('\n');
  return `
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option httpchk GET /readyz
  http-check expect status 200
  default-server check inter 1s fall 2 rise 2

frontend rest
  bind 127.0.0.1:${restPort}
  default_backend rest
backend rest
${servers('')}

frontend grpc
  bind 127.0.0.1:${grpcPort} proto h2
  default_backend grpc
backend grpc
${servers('proto h2 check-proto h1')}
`;
}

/** Starts HAProxy in front of servers on these ports, which need not run yet. */
export async function startBalancer(replicas: readonly number[]): Promise<Balancer> {
  if (spawnSync('haproxy', ['-v']).status !== 0) {
    throw new Error('This benchmark needs HAProxy, for example from `apt-get install haproxy`.');
  }
  const folder = mkdtempSync(join(tmpdir(), 'visiond-haproxy-'));
  const [restPort, grpcPort] = [await freePort(), await freePort()];
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, configuration(restPort, grpcPort, replicas));
  const child = spawn('haproxy', ['-q', '-db', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    restPort,
    grpcPort,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
