import { createVisionClient, type VisionClient } from '../client/index.js';
import { readConfig } from '../server/config.js';
import { startServer, type RunningServer } from '../server/start-server.js';
import { silentLog } from '../server/telemetry/log.js';

/** A real server on a free port, with a client for it. */
export interface TestServer {
  readonly server: RunningServer;
  readonly client: VisionClient;
  /** `host:port` */
  readonly endpoint: string;
  /** `http://host:port` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts a server and waits until it is ready. */
export async function startTestServer(flags: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const config = readConfig({ listen: '127.0.0.1:0', ...flags }, {});
  const server = await startServer(config, silentLog);
  await server.ready;
  const endpoint = `127.0.0.1:${server.address.port}`;
  const client = createVisionClient({ endpoint });
  return {
    server,
    client,
    endpoint,
    origin: `http://${endpoint}`,
    async close() {
      client.close();
      await server.close();
    },
  };
}

/** Posts a body to the REST form of BatchAnalyze. */
export async function post(
  origin: string,
  body: unknown,
): Promise<{ status: number; headers: Headers; json: unknown }> {
  const response = await fetch(`${origin}/vision/v1/batchAnalyze`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}
