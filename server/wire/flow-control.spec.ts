import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { Server } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { framed } from '../../test/grpc-frame.js';
import type { BoundMethod } from '../pipeline/call.js';
import { createIntake } from '../pipeline/intake.js';
import { silentLog } from '../telemetry/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { connectionWindowBytes, http2ServersOf, raiseStreamWindows, streamWindowBytes } from './flow-control.js';
import { createGrpcServer, type GrpcServer } from './grpc-server.js';

const reporting = { log: silentLog, metrics: new Metrics({ version: '', byFolder: false }) };
const path = '/test.Upload/Put';
const upload: BoundMethod = {
  path,
  isPublic: true,
  limits: { messageBytes: 32 << 20, jsonBytes: 32 << 20 },
  async call(_incoming, readRequest) {
    return { headers: {}, response: Buffer.from(String((await readRequest()).binary().length)) };
  },
};
let grpc: GrpcServer;
let server: NetServer;
let session: ClientHttp2Session;

beforeAll(async () => {
  grpc = createGrpcServer([upload], [], { maxConnectionAgeSeconds: 1, intake: createIntake(), ...reporting });
  server = createServer((socket: Socket) => grpc.injector.injectConnection(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  session = connectHttp2(origin());
});
afterAll(() => {
  session.destroy();
  server.close();
});

function origin(): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return `http://127.0.0.1:${address.port}`;
}

describe('receive windows', () => {
  it('are announced for every stream and for the connection', async () => {
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    expect(session.remoteSettings.initialWindowSize).toBe(streamWindowBytes);
    // The window of the connection has no setting: the server raises it with a frame of its own.
    await vi.waitFor(() => expect(session.state.remoteWindowSize).toBeGreaterThanOrEqual(connectionWindowBytes), 2000);
  });

  it('let megabytes through before the server has read any', async () => {
    const message = framed(Buffer.alloc(12 << 20));
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.end(message);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(Buffer.concat(chunks).subarray(5).toString()).toBe(String(12 << 20));
  });

  it('are missed as soon as grpc-js changes inside', () => {
    const changed = new Server();
    expect(() => http2ServersOf(changed)).toThrow('http2Servers');
    Reflect.deleteProperty(changed, 'commonServerOptions');
    expect(() => raiseStreamWindows(changed)).toThrow('commonServerOptions');
  });
});

describe('connections', () => {
  it('are asked to reconnect when they are too old', async () => {
    const old = connectHttp2(origin());
    const events: unknown[] = [];
    const asked = once(old, 'goaway').then(([code]) => events.push(['goaway', code]));
    // A connection that is asked at once would let no call end before.
    const stream = old.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.end(framed(Buffer.alloc(1)));
    stream.resume();
    await once(stream, 'end');
    events.push('answer');
    await asked;
    expect(events).toEqual(['answer', ['goaway', 0]]);
    old.destroy();
  });
});
