import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status as code, Metadata, ServerCredentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ErrorInfo, RetryInfo } from '../../gen/google/rpc/error_details.js';
import { Status } from '../../gen/google/rpc/status.js';
import { serveGrpc, type Answer, type GrpcPeer, type Received } from '../../test/grpc-peer.js';
import { anyOrigin } from '../auth/request-origin.js';
import { makeDevCertificates } from '../cli/setup/dev-certificates.js';
import { VisionError } from '../errors/errors.js';
import type { BoundMethod } from '../pipeline/call.js';
import type { IncomingCall, Outcome } from '../pipeline/incoming-call.js';
import { binaryMessage, type RequestMessage } from '../pipeline/request-message.js';
import type { Log } from '../telemetry/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { createUpstream, type Upstream, type UpstreamOptions } from './upstream.js';

const path = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';

/** Opened by a test, closed after it. */
const opened: Array<() => void> = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

async function serve(answer: Answer, credentials?: ServerCredentials): Promise<GrpcPeer> {
  const peer = await serveGrpc({ [path]: answer }, credentials && { credentials });
  opened.push(peer.stop);
  return peer;
}

let logged: Array<readonly [string, unknown]>;
beforeEach(() => {
  logged = [];
});

function connect(port: number, options: Partial<UpstreamOptions> = {}): Upstream {
  const note: Log['info'] = (message, fields) => void logged.push([message, fields]);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const metrics = new Metrics({ version: '', byFolder: false });
  const defaults = { ca: undefined, maxContentBytes: 1 << 20, checkOrigin: anyOrigin, log, metrics };
  const upstream = createUpstream(`localhost:${port}`, { ...defaults, ...options });
  opened.push(() => upstream.close());
  return upstream;
}

function batchAnalyze({ methods }: Upstream): BoundMethod {
  const method = methods.find((each) => each.path === path);
  if (method === undefined) throw new Error(`${path} is not forwarded`);
  return method;
}

interface Asked extends Partial<Omit<IncomingCall, 'header'>> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly readRequest?: () => Promise<RequestMessage>;
}

/** A call that came to the gateway. */
function ask(upstream: Upstream, { headers = {}, readRequest = sends(Buffer.from('ask')), ...rest }: Asked = {}) {
  const incoming: IncomingCall = {
    transport: 'rest',
    host: 'gateway.example:8080',
    peer: '192.0.2.1',
    disconnected: new AbortController().signal,
    deadline: undefined,
    header: (name) => headers[name],
    ...rest,
  };
  return batchAnalyze(upstream).call(incoming, readRequest);
}

function sends(bytes: Buffer): () => Promise<RequestMessage> {
  return async () => binaryMessage(bytes);
}

/** The status that an outcome has in place of a response. */
function failure(outcome: Outcome): Status {
  if ('response' in outcome) throw new Error('the call succeeded');
  return outcome.status;
}

/** The detail of a type in a status, empty where there is none. */
function detail({ details }: Status, type: string): Buffer {
  return details.find(({ typeUrl }) => typeUrl === `type.googleapis.com/google.rpc.${type}`)?.value ?? Buffer.alloc(0);
}

/** The reason that a status tells programs. */
function reasonOf(status: Status): string {
  return ErrorInfo.decode(detail(status, 'ErrorInfo')).reason;
}

describe('the methods of an upstream', () => {
  it('are the unary ones of ours, which the upstream itself authenticates', () => {
    const { methods } = connect(1);
    const paths = methods.map((method) => method.path);
    expect(paths).toContain(path);
    expect(paths).toContain('/visiond.index.v1.ImageIndexService/AddImage');
    expect(paths).toContain('/yandex.cloud.iam.v1.IamTokenService/Create');
    expect(paths).not.toContain('/visiond.index.v1.ImageIndexService/AddImages');
    expect(paths.filter((each) => each.startsWith('/grpc.'))).toEqual([]);
    expect(methods.some(({ isPublic }) => isPublic)).toBe(false);
    // 8 images of 1 MB and what is around them.
    expect(methods.find((method) => method.path === path)?.limits.messageBytes).toBe(9 << 20);
  });
});

describe('a forwarded call', () => {
  it('takes the bytes there and back as they are, beyond the 4 MB of gRPC as well', async () => {
    const [request, response] = [Buffer.alloc(5 << 20, 1), Buffer.alloc(6 << 20, 2)];
    let received: Buffer | undefined;
    const { port } = await serve(({ request: bytes }) => {
      received = bytes;
      return response;
    });
    const outcome = await ask(connect(port), { readRequest: sends(request) });
    expect(received?.equals(request)).toBe(true);
    expect('response' in outcome && outcome.response.equals(response)).toBe(true);
  });

  it('takes along what the upstream needs of the headers, and no other', async () => {
    let received: Record<string, unknown> = {};
    const { port } = await serve(({ metadata }) => {
      received = metadata.getMap();
      return Buffer.alloc(0);
    });
    const forwarded = {
      authorization: 'Bearer token',
      'x-folder-id': 'b1g',
      'x-client-request-id': 'mine',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    };
    const upstream = connect(port);
    await ask(upstream, { headers: { ...forwarded, cookie: 'secret', 'x-other': 'x' } });
    const { 'user-agent': _agent, 'accept-encoding': _encoding, ...rest } = received;
    const client = { 'x-forwarded-host': 'gateway.example:8080', 'x-forwarded-for': '192.0.2.1' };
    expect(rest).toEqual({ ...forwarded, ...client });
    await ask(upstream, { headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '198.51.100.7' } });
    expect(received).toMatchObject(client);
    await ask(upstream, { host: undefined, peer: undefined });
    for (const name of Object.keys(client)) expect(received).not.toHaveProperty(name);
  });

  it('has the ids of the upstream, and one of its own where there are none', async () => {
    let ids: Record<string, string> = { 'x-request-id': 'its-id', 'x-server-trace-id': 'its-trace' };
    const { port } = await serve((received) => {
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(ids)) metadata.set(name, value);
      received.sendMetadata(metadata);
      return Buffer.alloc(0);
    });
    const upstream = connect(port);
    expect((await ask(upstream)).headers).toEqual(ids);
    expect(logged).toEqual([
      [
        'forwarded',
        {
          requestId: 'its-id',
          traceId: 'its-trace',
          peer: '192.0.2.1',
          transport: 'rest',
          method: path,
          code: 0,
          status: 200,
          requestBytes: 3,
          responseBytes: 0,
          milliseconds: expect.any(Number),
        },
      ],
    ]);
    ids = {};
    const { headers } = await ask(upstream);
    expect(headers).toEqual({ 'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/) });
  });

  it('has the timing of the upstream', async () => {
    const trailers = new Metadata();
    const { port } = await serve(() => ({ response: Buffer.alloc(0), trailers }));
    const upstream = connect(port);
    expect((await ask(upstream)).timing).toBeUndefined();
    trailers.set('server-timing', 'decode;dur=3, total;dur=4');
    expect((await ask(upstream)).timing).toBe('decode;dur=3, total;dur=4');
  });

  it('fails with the status of the upstream, details included', async () => {
    const status: Status = {
      code: code.INVALID_ARGUMENT,
      message: 'wrong',
      details: [{ typeUrl: 'type.googleapis.com/x', value: Buffer.from('d') }],
    };
    const metadata = new Metadata();
    metadata.set('x-request-id', 'its-id');
    metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(status).finish()));
    const { port } = await serve(() => ({ code: status.code, details: status.message, metadata }));
    const outcome = await ask(connect(port));
    expect(failure(outcome)).toEqual(status);
    expect(outcome.headers).toEqual({ 'x-request-id': 'its-id' });
    expect(logged).toEqual([['forwarded', expect.objectContaining({ requestId: 'its-id', code: 3, status: 400 })]]);
  });

  it.each([
    [code.UNAVAILABLE, 'UPSTREAM_UNAVAILABLE'],
    [code.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED'],
    [code.CANCELLED, 'CANCELLED'],
  ])('says what code %i means that a proxy on the way answers', async (answered, reason) => {
    const { port } = await serve(() => ({ code: answered, details: 'of the proxy' }));
    const status = failure(await ask(connect(port)));
    expect([status.code, reasonOf(status)]).toEqual([answered, reason]);
    expect(status.message).not.toContain('proxy');
  });

  it('leaves other codes without details as they are', async () => {
    const { port } = await serve(() => ({ code: code.RESOURCE_EXHAUSTED, details: 'too much' }));
    const outcome = await ask(connect(port));
    expect(failure(outcome)).toEqual({ code: code.RESOURCE_EXHAUSTED, message: 'too much', details: [] });
  });

  it('is unavailable where nothing listens, and says when to try again', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    await once(server.close(), 'close');
    const status = failure(await ask(connect(typeof address === 'object' ? (address?.port ?? 0) : 0)));
    expect([status.code, reasonOf(status)]).toEqual([code.UNAVAILABLE, 'UPSTREAM_UNAVAILABLE']);
    expect(RetryInfo.decode(detail(status, 'RetryInfo')).retryDelay?.seconds).toBe(5n);
  });

  it('ends at the deadline of the client, there as well', async () => {
    const received: Received[] = [];
    const { port } = await serve((each) => {
      received.push(each);
      return received.length === 1 ? Buffer.alloc(0) : undefined;
    });
    const upstream = connect(port);
    // The connection is there when the time of the second call begins to run.
    await ask(upstream);
    const outcome = await ask(upstream, { deadline: new Date(Date.now() + 300) });
    expect(failure(outcome).code).toBe(code.DEADLINE_EXCEEDED);
    const [, late] = received;
    if (late?.cancelled === false) await once(late, 'cancelled');
    expect(late?.cancelled).toBe(true);
  });

  it('ends when the client goes away, there as well', async () => {
    const client = new AbortController();
    const received: Received[] = [];
    const { port } = await serve((each) => {
      received.push(each);
      client.abort();
      return undefined;
    });
    const upstream = connect(port);
    expect(failure(await ask(upstream, { disconnected: client.signal })).code).toBe(code.CANCELLED);
    const [abandoned] = received;
    if (abandoned?.cancelled === false) await once(abandoned, 'cancelled');
    expect(abandoned?.cancelled).toBe(true);
    expect(failure(await ask(upstream, { disconnected: client.signal })).code).toBe(code.CANCELLED);
    expect(received).toHaveLength(1);
  });

  it('goes nowhere for pages of other sites, whose body is not read', async () => {
    let calls = 0;
    const { port } = await serve(() => {
      calls++;
      return Buffer.alloc(0);
    });
    const upstream = connect(port, {
      checkOrigin({ host, origin }) {
        throw VisionError.of('ORIGIN_NOT_ALLOWED', { origin: `${origin} ${host}` });
      },
    });
    let reads = 0;
    const outcome = await ask(upstream, {
      host: 'localhost',
      headers: { origin: 'https://evil.example' },
      async readRequest() {
        reads++;
        return binaryMessage(Buffer.alloc(0));
      },
    });
    expect(failure(outcome)).toMatchObject({
      code: code.PERMISSION_DENIED,
      message: expect.stringContaining('https://evil.example localhost'),
    });
    expect([reads, calls]).toEqual([0, 0]);
  });

  it('fails as the reading of its body does', async () => {
    const refuse = (error: Error) => ask(connect(1), { readRequest: () => Promise.reject(error) });
    const tooLarge = await refuse(VisionError.of('BODY_TOO_LARGE', { limit: 5 }));
    expect(failure(tooLarge)).toMatchObject({ code: 3, message: 'The request body exceeds 5 bytes' });
    const unexpected = await refuse(new Error('secret path'));
    expect(failure(unexpected).message).toContain(unexpected.headers['x-request-id']);
    expect(failure(unexpected).message).not.toContain('secret');
  });
});

describe('a certificate authority', () => {
  it('lets the upstream that it certifies answer, and no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'visiond-upstream-'));
    opened.push(() => rmSync(folder, { recursive: true }));
    const [ours, theirs] = [
      await makeDevCertificates(join(folder, 'ours'), []),
      await makeDevCertificates(join(folder, 'theirs'), []),
    ];
    const [cert, key] = [readFileSync(ours.cert), readFileSync(ours.key)];
    const credentials = ServerCredentials.createSsl(null, [{ cert_chain: cert, private_key: key }]);
    let calls = 0;
    const { port } = await serve(() => {
      calls++;
      return Buffer.from('answer');
    }, credentials);
    const outcome = await ask(connect(port, { ca: readFileSync(ours.ca) }));
    expect(outcome).toMatchObject({ response: Buffer.from('answer') });
    for (const ca of [readFileSync(theirs.ca), undefined]) {
      expect(failure(await ask(connect(port, { ca }))).code).toBe(code.UNAVAILABLE);
    }
    expect(calls).toBe(1);
  });
});
