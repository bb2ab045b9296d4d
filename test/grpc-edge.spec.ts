import { connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { credentials, makeGenericClientConstructor, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BatchAnalyzeRequest, VisionCallError } from '../client/index.js';
import { framed } from './grpc-frame.js';
import { startTestServer, type TestServer } from './server.js';

const path = '/yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze';
let running: TestServer;

beforeAll(async () => {
  running = await startTestServer({ 'max-content-bytes': '100000' });
});
afterAll(() => running.close());

function call(
  message: Buffer,
  metadata = new Metadata(),
): Promise<{ error: ServiceError | null; initial: Metadata | undefined }> {
  const Client = makeGenericClientConstructor({}, 'Generic');
  const client = new Client(running.endpoint, credentials.createInsecure());
  const asIs = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => {
    let initial: Metadata | undefined;
    const unary = client.makeUnaryRequest(path, asIs, asIs, message, metadata, (error: ServiceError | null) => {
      client.close();
      resolve({ error, initial });
    });
    unary.on('metadata', (received: Metadata) => (initial = received));
  });
}

describe('errors over gRPC', () => {
  it('come in the trailers alone, with ids and details', async () => {
    const metadata = new Metadata();
    metadata.set('traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
    const { error, initial } = await call(Buffer.alloc(0), metadata);
    expect([error?.code, error?.details]).toEqual([
      3,
      'Validation failed:\n  - analyze_specs: must have 1 to 8 elements, has 0',
    ]);
    expect(initial).toBeUndefined();
    expect(error?.metadata.get('x-request-id')).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)]);
    expect(error?.metadata.get('x-server-trace-id')).toEqual(['4bf92f3577b34da6a3ce929d0e0e4736']);
    expect(error?.metadata.get('grpc-status-details-bin')).toHaveLength(1);
  });

  it('never grow so large that the connection is lost', async () => {
    const spec = { source: undefined, features: [], mimeType: 'x'.repeat(5000) };
    const request = { analyzeSpecs: Array(8).fill(spec), folderId: 'f'.repeat(20_000) };
    for (let round = 0; round < 2; round++) {
      const error = await running.client.batchAnalyze(request, { timeoutMs: 5000 }).catch((thrown: unknown) => thrown);
      expect(error instanceof VisionCallError && error.code).toBe(3);
    }
  });

  it('answer a message that is none, or one too many', async () => {
    expect((await call(Buffer.from([0x0a, 0xff]))).error?.code).toBe(3);
    expect((await rawCall(Buffer.alloc(0))).status).toBe('3');
    expect((await rawCall(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).message).toContain('more than one message');
  });

  it('refuse a second message while the client still sends, and end the stream', async () => {
    const session = connect(running.origin);
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const answer = new Promise<IncomingHttpHeaders>((resolve) => stream.once('response', resolve));
    stream.write(framed(Buffer.from([0x12, 0])));
    stream.write(framed(Buffer.from([0x12, 0])));
    expect(await answer).toMatchObject({
      'grpc-status': '3',
      'grpc-message': expect.stringContaining('more%20than%20one%20message'),
    });
    await new Promise((resolve) => stream.once('close', resolve));
    expect(stream.rstCode).toBe(0);
    session.destroy();
  });

  it('stop a compressed message that grows beyond the limit, or too many times', async () => {
    const large = await rawCall(framed(gzipSync(Buffer.alloc(64 << 20)), true), { 'grpc-encoding': 'gzip' });
    expect(large).toEqual({
      status: '8',
      message: expect.stringMatching(/^The message decompresses to more than \d+ bytes$/),
    });
    const dense = await rawCall(framed(gzipSync(Buffer.alloc(100_000)), true), { 'grpc-encoding': 'gzip' });
    expect(dense).toEqual({ status: '8', message: 'The message decompresses to more than 65536 bytes' });
    expect(await rawCall(framed(Buffer.alloc(9), true), { 'grpc-encoding': 'gzip' })).toMatchObject({ status: '3' });
    expect(await rawCall(framed(Buffer.alloc(9), true), { 'grpc-encoding': 'br' })).toMatchObject({ status: '12' });
    const honest = BatchAnalyzeRequest.encode({ analyzeSpecs: [], folderId: '' }).finish();
    const answer = await rawCall(framed(gzipSync(honest), true), { 'grpc-encoding': 'gzip' });
    expect(answer.message).toContain('analyze_specs: must have 1 to 8 elements, has 0');
  });

  it.each([
    ['/yandex.cloud.iam.v1.IamTokenService/Create', 65_536],
    ['/visiond.index.v1.ImageIndexService/GetStats', 65_536],
    ['/grpc.health.v1.Health/Check', 4096],
    ['/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo', 4096],
  ])('refuse more than they need to %s, which takes no image', async (method, limit) => {
    const plain = await rawCall(framed(Buffer.alloc(limit + 1)), { ':path': method });
    expect(plain).toEqual({ status: '8', message: `Received message larger than max (${limit + 1} vs ${limit})` });
    const compressed = await rawCall(framed(gzipSync(Buffer.alloc(limit + 1)), true), {
      ':path': method,
      'grpc-encoding': 'gzip',
    });
    expect(compressed).toEqual({
      status: '8',
      message: `The message decompresses to more than ${limit} bytes`,
    });
  });
});

/** Bytes of a request as they are. */
function rawCall(bytes: Buffer, headers: Record<string, string> = {}): Promise<{ status: string; message: string }> {
  const session = connect(running.origin);
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const done = (received: IncomingHttpHeaders & IncomingHttpStatusHeader): void => {
      if (received['grpc-status'] === undefined) return;
      session.destroy();
      const text = (name: string): string => [received[name]].flat().join('');
      resolve({ status: text('grpc-status'), message: decodeURIComponent(text('grpc-message')) });
    };
    stream.once('response', done);
    stream.once('trailers', done);
    stream.once('error', reject);
    stream.resume();
    stream.end(bytes);
  });
}
