import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromJson, toBinary, type JsonValue } from '@bufbuild/protobuf';
import { credentials, makeGenericClientConstructor, Metadata, type Client, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageDescriptor } from '../server/contract/descriptors.js';
import { errorTables } from '../server/errors/errors.js';
import { binaryToJson } from '../server/gateway/json/transcode.js';
import { repositoryRoot } from '../server/paths.js';
import { fixture } from './fixtures.js';
import { startTestServer, type TestServer } from './server.js';

// Every case is a request in a file of test/cases. It is sent over gRPC and over REST, to a server and to a gateway in
// front of that server, and all four must answer the same, field by field. In the files, {"$fixture": NAME, "bytes": N}
// stands for (the first N bytes of) a fixture in base64, {"$repeat": TEXT, "times": N} for a long text.
const folder = join(repositoryRoot, 'test/cases');
const files = readdirSync(folder);
const requestType = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeRequest');
const responseType = messageDescriptor('yandex.cloud.ai.vision.v1.BatchAnalyzeResponse');
const statusType = messageDescriptor('google.rpc.Status');
const method = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';

let server: TestServer;
let gateway: TestServer;
const clients: Client[] = [];

beforeAll(async () => {
  // It believes the gateway which address the client has called.
  server = await startTestServer({ 'trusted-proxies': '127.0.0.1' });
  gateway = await startTestServer({ upstream: server.endpoint });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await gateway.close();
  await server.close();
});

function expand(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  const { $fixture: name, $repeat: text } = value;
  if (typeof name === 'string') {
    const bytes = fixture(name);
    return bytes.subarray(0, typeof value['bytes'] === 'number' ? value['bytes'] : bytes.length).toString('base64');
  }
  if (typeof text === 'string') return text.repeat(Number(value['times']));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expand(member)]));
}

interface Answer {
  readonly failed: boolean;
  readonly json: unknown;
}

async function overRest(origin: string, request: JsonValue): Promise<Answer> {
  const response = await fetch(`${origin}/vision/v1/batchAnalyze`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  return { failed: !response.ok, json: withoutIds(await response.text()) };
}

function overGrpc(endpoint: string, request: JsonValue): Promise<Answer> {
  const GenericClient = makeGenericClientConstructor({}, 'Generic');
  const client = new GenericClient(endpoint, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  clients.push(client);
  const asIs = (bytes: Buffer): Buffer => bytes;
  const message = Buffer.from(toBinary(requestType, fromJson(requestType, request)));
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      method,
      asIs,
      asIs,
      message,
      new Metadata(),
      (error: ServiceError | null, response?: Buffer) => {
        const [packed] = error?.metadata.get('grpc-status-details-bin') ?? [];
        const json =
          error === null
            ? binaryToJson(responseType, response ?? Buffer.alloc(0))
            : binaryToJson(statusType, Buffer.from(packed ?? ''));
        resolve({ failed: error !== null, json: withoutIds(json) });
      },
    );
  });
}

/** Errors carry the id of their request, which differs between two calls. */
function withoutIds(json: string): unknown {
  return JSON.parse(json.replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f-]{22}/g, 'ID'));
}

interface Results {
  readonly results?: ReadonlyArray<{ readonly error?: unknown; readonly results?: unknown }>;
}

/** Reasons of errors that stand at a level where docs/errors.md does not have them. */
function misplacedReasons({ failed, json }: Answer): string[] {
  const misplaced = (part: unknown, ...tables: readonly object[]): string[] => {
    const reasons = [...JSON.stringify(part).matchAll(/"reason":"(\w+)"/g)].map(([, reason = '']) => reason);
    return reasons.filter((reason) => !tables.some((table) => Object.hasOwn(table, reason)));
  };
  const { request, storage, file, feature } = errorTables;
  if (failed) return misplaced(json, request, storage);
  const { results = [] }: Results = JSON.parse(JSON.stringify(json));
  return [
    ...misplaced(
      results.map(({ error }) => error),
      file,
    ),
    ...misplaced(
      results.map((each) => each.results),
      feature,
      storage,
    ),
  ];
}

describe('the same request gets the same answer', () => {
  it('in more than thirty cases', () => {
    expect(files.length).toBeGreaterThan(30);
  });

  it.each(files)('%s', async (file) => {
    const request = expand(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    const [grpc, ...others] = await Promise.all([
      overGrpc(server.endpoint, request),
      overRest(server.origin, request),
      overGrpc(gateway.endpoint, request),
      overRest(gateway.origin, request),
    ]);
    for (const other of others) expect(other).toEqual(grpc);
    expect(misplacedReasons(grpc)).toEqual([]);
    const text = JSON.stringify(grpc.json);
    expect(text.includes('"error"') || grpc.failed).toBe(!file.startsWith('good'));
  });
});

describe('a gateway in front of a server', () => {
  it('tells the ids and the address that the client has called', async () => {
    const endpoints = await (await fetch(`${gateway.origin}/endpoints/ai-vision`)).json();
    expect(endpoints).toEqual({ id: 'ai-vision', address: gateway.endpoint });
  });

  it('passes deadlines on', async () => {
    const response = await fetch(`${gateway.origin}/endpoints`, { headers: { 'grpc-timeout': '0S' } });
    expect(response.status).toBe(504);
  });

  it('is not ready while the server is not, and says so to callers', async () => {
    const behind = await startTestServer({ workers: '1' });
    const front = await startTestServer({ upstream: behind.endpoint });
    const readiness = async (): Promise<number> => (await fetch(`${front.origin}/readyz`)).status;
    expect(await readiness()).toBe(200);
    await behind.close();
    const response = await fetch(`${front.origin}/endpoints`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({
      code: 14,
      message: 'The upstream server is unreachable. Retry in 5 s',
    });
    await expect.poll(readiness, { timeout: 10_000 }).toBe(503);
    await front.close();
  });
});
