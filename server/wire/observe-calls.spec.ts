import { once } from 'node:events';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { BlockList, createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Status } from '../../gen/google/rpc/status.js';
import { framed } from '../../test/grpc-frame.js';
import { VisionError } from '../errors/errors.js';
import { reasonOf, toRequestStatus } from '../errors/status.js';
import type { BoundMethod } from '../pipeline/call.js';
import type { IncomingCall } from '../pipeline/incoming-call.js';
import { createIntake, type Intake } from '../pipeline/intake.js';
import type { Log } from '../telemetry/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { readMetrics } from '../telemetry/read-metrics.js';
import { createGrpcServer } from './grpc-server.js';

const path = '/visiond.index.v1.ImageIndexService/GetStats';
const check = '/grpc.health.v1.Health/Check';
const maxBytes = 5000;
/** Messages of the maximum size share 5250 bytes. */
const bodyBytes = 8000;
let intake: Intake;
let metrics = new Metrics({ version: '', byFolder: true });
let logged: Array<readonly [string, unknown]> = [];
let asked: IncomingCall | undefined;
let readError: unknown;
let answer: (call: IncomingCall) => ReturnType<BoundMethod['call']>;
let server: Server;
let origin: string;
let session: ClientHttp2Session;

const note =
  (level: string): Log['info'] =>
  (message, fields) =>
    void logged.push([`${level} ${message}`, fields]);
const log: Log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };

beforeAll(async () => {
  const method: BoundMethod = {
    path,
    isPublic: true,
    limits: { messageBytes: maxBytes, jsonBytes: maxBytes },
    async call(incoming, readRequest) {
      asked = incoming;
      const reading = readRequest();
      reading.catch((error: unknown) => (readError = error));
      const outcome = await answer(incoming);
      return outcome;
    },
  };
  const reporting = {
    log,
    // Every test has its own.
    get metrics() {
      return metrics;
    },
  };
  const proxies = new BlockList();
  proxies.addAddress('127.0.0.1');
  intake = createIntake({ proxies, bodyBytes });
  const grpc = createGrpcServer([method], [], Object.assign(reporting, { maxConnectionAgeSeconds: 0, intake }));
  grpc.setServing(true);
  server = createServer((socket) => grpc.injector.injectConnection(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  session = connect(origin);
});
afterAll(() => {
  session.destroy();
  server.close();
});
beforeEach(() => {
  metrics = new Metrics({ version: '', byFolder: true });
  logged = [];
  asked = undefined;
  answer = async () => ({ headers: {}, response: Buffer.alloc(0) });
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
}

/** Sends a message and waits for the end of the answer. Trailers may come in place of headers. */
async function send(to: string, message: Buffer, more: OutgoingHttpHeaders = {}): Promise<Received> {
  const stream = session.request({
    ':method': 'POST',
    ':path': to,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...more,
  });
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  stream.on('response', (received) => (headers = received));
  stream.on('trailers', (received) => (trailers = received));
  stream.resume();
  stream.end(message);
  await once(stream, 'close');
  return { headers, trailers };
}

/** Codes of the calls that were counted, by service and method. */
async function counted(): Promise<string[]> {
  return readMetrics(await metrics.print({ isAdministrator: true }))
    .filter(({ name }) => name === 'grpc_server_handled_total')
    .map(({ labels }) =>
      ['grpc_service', 'grpc_method', 'grpc_type', 'grpc_code', 'folder']
        .map((label) => labels[label] ?? '-')
        .join(' '),
    );
}

const empty = framed(Buffer.alloc(0));
const stats = 'visiond.index.v1.ImageIndexService GetStats unary';

describe('gRPC calls', () => {
  it('are counted by method, code and folder', async () => {
    answer = async () => ({ headers: {}, folder: 'f', response: Buffer.alloc(0) });
    await send(path, empty);
    expect(await counted()).toEqual([`${stats} OK f`]);
    expect(asked?.peer).toBe('127.0.0.1');
    // The pipeline logs them.
    expect(logged).toEqual([]);
  });

  it('are counted with the status that grpc-js sends on its own, and the pipeline learns of it', async () => {
    let code: number | undefined;
    answer = async ({ disconnected, sentCode }) => {
      await once(disconnected, 'abort');
      code = sentCode?.();
      return { headers: {}, status: toRequestStatus(VisionError.of('CANCELLED'), 'id') };
    };
    const { headers } = await send(path, framed(Buffer.alloc(maxBytes + 1)));
    expect(headers['grpc-status']).toBe('8');
    expect(await counted()).toEqual([`${stats} ResourceExhausted -`]);
    await vi.waitFor(() => expect(code).toBe(8));
  });

  it('are counted as cancelled when their client leaves', async () => {
    const came = new Promise<void>((resolve) => {
      answer = async ({ disconnected }) => {
        resolve();
        await once(disconnected, 'abort');
        return { headers: {}, status: toRequestStatus(VisionError.of('CANCELLED'), 'id') };
      };
    });
    const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.write(empty);
    await came;
    stream.close(8);
    await vi.waitFor(async () => expect(await counted()).toEqual([`${stats} Canceled -`]));
  });

  it.each([
    ['in the middle of their message', framed(Buffer.alloc(50)).subarray(0, 20), 0],
    ['while their message waits for memory', framed(Buffer.alloc(maxBytes)), 5000],
  ])('learn %s that their client left', async (_, bytes, taken) => {
    readError = undefined;
    const release = await intake.room.take(taken, new AbortController().signal);
    const came = new Promise<void>((resolve) => {
      answer = async ({ disconnected }) => {
        resolve();
        await once(disconnected, 'abort');
        return { headers: {}, status: toRequestStatus(VisionError.of('CANCELLED'), 'id') };
      };
    });
    // Resetting a stream ends its message first, with Node's client.
    const own = connect(origin);
    own.on('error', () => {});
    const stream = own.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.write(bytes);
    await came;
    // The server has got what was sent before.
    await promisify(own.ping.bind(own))();
    own.destroy();
    await vi.waitFor(() => expect(readError).toMatchObject({ reason: 'CANCELLED' }));
    release();
  });

  it('carry the timing of their stages in the trailers, successful or not', async () => {
    answer = async () => ({ headers: {}, timing: 'total;dur=1', response: Buffer.alloc(0) });
    expect((await send(path, empty)).trailers).toMatchObject({ 'grpc-status': '0', 'server-timing': 'total;dur=1' });
    const status = toRequestStatus(VisionError.of('CANCELLED'), 'id');
    answer = async () => ({ headers: {}, timing: 'total;dur=2', status });
    expect((await send(path, empty)).headers).toMatchObject({ 'grpc-status': '1', 'server-timing': 'total;dur=2' });
  });

  it('tell a malformed grpc-timeout from a fault of the server', async () => {
    answer = async (incoming) => {
      try {
        return { headers: {}, response: Buffer.from(String(incoming.deadline)) };
      } catch (error) {
        return { headers: {}, status: toRequestStatus(error, 'id') };
      }
    };
    const { headers } = await send(path, empty, { 'grpc-timeout': 'soon' });
    expect(headers['grpc-status']).toBe('3');
    expect(reasonIn(headers)).toBe('MALFORMED_HEADER');
    await send(path, empty, { 'grpc-timeout': '10S' });
    expect(asked?.deadline?.getTime()).toBeGreaterThan(Date.now());
    expect(await counted()).toEqual([`${stats} InvalidArgument -`, `${stats} OK -`]);
  });
});

describe('what reaches no method', () => {
  const line = { peer: '127.0.0.1', transport: 'grpc', milliseconds: expect.any(Number) };

  it('is logged and counted: an unknown method', async () => {
    expect((await send(`${path}s`, empty)).headers['grpc-status']).toBe('12');
    expect(await counted()).toEqual(['unknown unknown unary Unimplemented -']);
    expect(logged).toEqual([['info request', { ...line, method: `${path}s`, code: 12 }]]);
  });

  it('is logged with the client of a trusted proxy', async () => {
    await send(`${path}s`, empty, { 'x-forwarded-for': '192.0.2.7' });
    expect(logged).toEqual([['info request', { ...line, peer: '192.0.2.7', method: `${path}s`, code: 12 }]]);
  });

  it('is logged for debugging alone: a health check', async () => {
    await send(check, empty);
    expect(await counted()).toEqual(['grpc.health.v1.Health Check unary OK -']);
    expect(logged).toEqual([['debug request', { ...line, method: check, code: 0 }]]);
  });

  it.each([
    [check, 'grpc.health.v1.Health Check unary'],
    [
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      'grpc.reflection.v1.ServerReflection ServerReflectionInfo bidi_stream',
    ],
  ])('is INVALID_ARGUMENT: a malformed message to %s', async (method, labels) => {
    const { headers } = await send(method, framed(Buffer.from([0x0a, 0xff])));
    expect(headers['grpc-status']).toBe('3');
    expect(reasonIn(headers)).toBe('MALFORMED_BODY');
    expect(await counted()).toEqual([`${labels} InvalidArgument -`]);
    expect(logged).toEqual([['info request', { ...line, method, code: 3 }]]);
  });

  it('goes on without its deadline: a health check with a malformed grpc-timeout', async () => {
    expect((await send(check, empty, { 'grpc-timeout': 'soon' })).trailers['grpc-status']).toBe('0');
  });

  it('is counted as HTTP: a request that is not gRPC', async () => {
    expect((await send('/a?token=x', empty, { 'content-type': 'text/plain' })).headers[':status']).toBe(415);
    const http = readMetrics(await metrics.print({ isAdministrator: true })).filter(
      ({ name }) => name === 'http_server_requests_total',
    );
    expect(http.map(({ labels }) => labels)).toEqual([{ method: 'POST', route: 'unknown', status: '415' }]);
    expect(logged).toEqual([['info request', { ...line, transport: 'http2', verb: 'POST', path: '/a', status: 415 }]]);
  });
});

function reasonIn(headers: IncomingHttpHeaders): string | undefined {
  const packed = String(headers['grpc-status-details-bin']);
  return reasonOf(Status.decode(Buffer.from(packed, 'base64')));
}
