import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createTcpServer, connect, type AddressInfo, type Server as TcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import express from 'express';
import {
  BatchAnalyzeRequest,
  BatchAnalyzeResponse,
  VisionServiceService,
} from '../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import { cpuSecondsOf } from './process-usage.js';

/** Servers that the benchmark compares. Each loads what it needs, so that no other is measured with it. All answer at once with an empty response: what is measured is the way in. */
const servers = {
  /** Reads the body of a request into memory and does nothing with it: what no server can do without. */
  sink: () =>
    listen(
      createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => response.end(`{"bytes":${Buffer.concat(chunks).length}}\n`));
      }),
    ),
  /** How such gateways are usually written. */
  express: () => {
    const app = express();
    app.post('/vision/v1/batchAnalyze', express.json({ limit: maxBytes }), (request, response) => {
      const message = BatchAnalyzeRequest.fromJSON(request.body);
      if (message.analyzeSpecs.length > 8) throw new Error('too many');
      response.json(BatchAnalyzeResponse.toJSON({ results: [] }));
    });
    return listen(createServer(app));
  },
  /** Ours: the port, the gateway, the whole pipeline and admission, with an engine that looks at nothing. */
  visiond: async () => (await import('./gateway-visiond.js')).serveVisiond('in process'),
  /** The same with that engine in a process of its own. */
  isolated: async () => (await import('./gateway-visiond.js')).serveVisiond('isolated'),
  /** A server of grpc-js as it comes. */
  'grpc-js': async () => {
    const server = new Server({ 'grpc.max_receive_message_length': maxBytes });
    server.addService(VisionServiceService, {
      batchAnalyze: (_call: unknown, callback: (error: null, response: BatchAnalyzeResponse) => void) =>
        callback(null, { results: [] }),
    });
    return new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
  },
} satisfies Record<string, () => Promise<number>>;

export type ServerName = keyof typeof servers;

const maxBytes = 128 << 20;

/** A server in a process of its own. */
export interface ComparedServer {
  readonly port: number;
  /** Microseconds of processor time that it has used. */
  cpuMicroseconds(): Promise<number>;
  stop(): void;
}

/** Starts a server in a process of its own. */
export async function startComparedServer(name: ServerName): Promise<ComparedServer> {
  // As `npm start` and the launcher of a release do. The others are what a process of Node is by itself.
  const execArgv = name === 'visiond' || name === 'isolated' ? ['--initial-heap-size=256'] : [];
  const child = fork(fileURLToPath(import.meta.url), [name], { execArgv });
  const answer = (): Promise<number> =>
    new Promise((resolve) => child.once('message', (value) => resolve(Number(value))));
  const port = await answer();
  return {
    port,
    cpuMicroseconds: () => {
      child.send('cpu');
      return answer();
    },
    stop: () => void child.kill(),
  };
}

/** A way to a port that takes its time: a line with so long a round trip and no other limit. */
export async function startDelayingProxy(
  port: number,
  roundTripMs: number,
): Promise<{ readonly port: number; close(): void }> {
  const proxy = createTcpServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) socket.setNoDelay(true);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (chunk: Buffer) => setTimeout(() => to.write(chunk), roundTripMs / 2));
      from.on('close', () => setTimeout(() => to.destroy(), roundTripMs / 2));
      from.on('error', () => to.destroy());
    }
  });
  return { port: await listen(proxy), close: () => void proxy.close() };
}

function listen(server: TcpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function isServerName(name: string | undefined): name is ServerName {
  return name !== undefined && Object.hasOwn(servers, name);
}

// In the process of a server: tells its port, and then its processor time as often as it is asked.
const [, script, name] = process.argv;
if (process.send !== undefined && script === fileURLToPath(import.meta.url) && isServerName(name)) {
  process.on('message', () => process.send?.(cpuSecondsOf(process.pid) * 1e6));
  process.on('disconnect', () => process.exit());
  process.send(await servers[name]());
}
