import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2, constants, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { framed } from './grpc-frame.js';
import { openCall, statusOf } from './http2-call.js';
import { addPath, analyzePath, startNetwork, type TestNetwork } from './network.js';

const opened: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function start(...args: Parameters<typeof startNetwork>): Promise<TestNetwork> {
  const running = await startNetwork(...args);
  opened.push(() => running.close());
  return running;
}

/** A handler that waits, and how to let it go on. */
function holding() {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let entered = 0;
  const analyze = async () => {
    entered++;
    await held;
    return { results: [] };
  };
  return { analyze, release, until: (calls: number) => expect.poll(() => entered).toBe(calls) };
}

/** A client that keeps one connection. */
function keepAlive({ port }: TestNetwork) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  opened.push(() => agent.destroy());
  return async (path: string, body?: string): Promise<{ status: number; response: IncomingMessage }> => {
    const method = body === undefined ? 'GET' : 'POST';
    const request = httpRequest({ agent, host: '127.0.0.1', port, path, method });
    request.end(body);
    const [response]: IncomingMessage[] = await once(request, 'response');
    if (response === undefined) throw new Error('no response');
    response.resume();
    await once(response, 'end');
    return { status: response.statusCode ?? 0, response };
  };
}

function http2({ origin }: TestNetwork): ClientHttp2Session {
  const session = connectHttp2(origin);
  session.on('error', () => {});
  opened.push(() => session.destroy());
  return session;
}

function raw({ port }: TestNetwork): Socket {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  opened.push(() => socket.destroy());
  return socket;
}

/** All that a connection receives until it is closed. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await once(socket, 'close');
  return text;
}

async function refuses({ port }: TestNetwork): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const result = await Promise.race([
    once(socket, 'connect').then(() => false),
    once(socket, 'error').then(() => true),
  ]).catch(() => true);
  socket.destroy();
  return result;
}

const restPath = '/vision/v1/batchAnalyze';
const healthCheck = '/grpc.health.v1.Health/Check';

describe('a server that is to stop, until the balancers know', () => {
  it('says that it is not ready and goes on serving, and lets no client keep its connection', async () => {
    const running = await start({}, {}, { shutdownDelaySeconds: 1 });
    const send = keepAlive(running);
    const session = http2(running);
    expect((await send('/readyz')).response.headers.connection).toBe('keep-alive');
    const watch = openCall(session, '/grpc.health.v1.Health/Watch');
    const updates: number[] = [];
    watch.on('data', (frame: Buffer) => updates.push(frame.at(-1) ?? 0));
    watch.end(framed(Buffer.alloc(0)));
    await expect.poll(() => updates).toEqual([1]);

    const stopped = running.network.stop();
    for (const [path, body, status] of [
      ['/readyz', undefined, 503],
      ['/healthz', undefined, 200],
      [restPath, '{}', 200],
    ] as const) {
      const answer = await send(path, body);
      expect([answer.status, answer.response.headers.connection]).toEqual([status, 'close']);
    }
    const check = openCall(session, healthCheck);
    const state = once(check, 'data').then(([frame]: Buffer[]) => frame?.at(-1));
    check.end(framed(Buffer.alloc(0)));
    expect(await state).toBe(2);
    const call = openCall(session, analyzePath);
    call.end(framed(Buffer.alloc(0)));
    expect(await statusOf(call)).toEqual({ code: '0', message: 'OK' });
    expect(updates).toEqual([1, 2]);
    expect(await refuses(running)).toBe(false);

    expect(await stopped).toBe(0);
    expect(await refuses(running)).toBe(true);
  });

  it('closes connections also after answers to requests that came before', async () => {
    const { analyze, release, until } = holding();
    const running = await start({ analyze }, {}, { shutdownDelaySeconds: 1 });
    const answer = keepAlive(running)(restPath, '{}');
    await until(1);
    const stopped = running.network.stop();
    release();
    expect((await answer).response.headers.connection).toBe('close');
    expect(await stopped).toBe(0);
  });
});

describe('a server that stops', () => {
  it('lets running calls finish, and closes what is idle', async () => {
    const { analyze, release, until } = holding();
    const running = await start({ analyze });
    const idle = raw(running);
    idle.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(idle, 'data');
    const rest = keepAlive(running)(restPath, '{}');
    const session = http2(running);
    const grpc = openCall(session, analyzePath);
    grpc.end(framed(Buffer.alloc(0)));
    await until(2);

    const goAway = once(session, 'goaway');
    const stopped = running.network.stop();
    await Promise.all([once(idle, 'close'), goAway]);
    expect(await refuses(running)).toBe(true);
    release();
    expect([(await rest).status, (await statusOf(grpc)).code]).toEqual([200, '0']);
    expect(await stopped).toBe(0);
  });

  it('answers requests that arrive while it closes idle connections', async () => {
    const running = await start();
    const sockets = Array.from({ length: 20 }, () => raw(running));
    const ask = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    for (const socket of sockets) socket.write(ask);
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
    const answers = sockets.map(received);
    // They are on their way when the server turns to its connections.
    for (const socket of sockets) socket.write(ask);
    const stopped = running.network.stop();
    for (const text of await Promise.all(answers)) expect(text).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close/i);
    expect(await stopped).toBe(0);
  });

  it('serves the streams that it has, and tells clients that it has not touched those behind them', async () => {
    let calls = 0;
    const running = await start({ onCall: () => calls++ });
    const session = http2(running);
    await once(session, 'remoteSettings');
    const open = () => {
      const call = openCall(session, analyzePath);
      call.end(framed(Buffer.alloc(0)));
      return call;
    };
    const first = statusOf(open());
    await expect.poll(() => calls).toBe(1);
    const stopped = running.network.stop();
    const late = Array.from({ length: 10 }, open);
    const outcomes = await Promise.all(late.map(async (call) => [(await statusOf(call)).code, call.rstCode] as const));
    expect((await first).code).toBe('0');
    for (const outcome of outcomes) {
      expect(outcome).toBeOneOf([
        ['0', constants.NGHTTP2_NO_ERROR],
        ['', constants.NGHTTP2_REFUSED_STREAM],
      ]);
    }
    expect(outcomes.filter(([code]) => code === '0')).toHaveLength(calls - 1);
    expect(await stopped).toBe(0);
  });

  it('sends those away who say only now that they speak HTTP/2', async () => {
    const running = await start();
    const socket = raw(running);
    await once(socket, 'connect');
    // The server has accepted it when it answers the one behind it.
    expect((await keepAlive(running)('/healthz')).status).toBe(200);
    const stopped = running.network.stop();
    await expect.poll(() => refuses(running)).toBe(true);
    const session = connectHttp2(running.origin, { createConnection: () => socket });
    session.on('error', () => {});
    opened.push(() => session.destroy());
    await once(session, 'goaway');
    expect(await stopped).toBe(0);
  });

  it('sends an answer to its end, however slowly the client takes it', async () => {
    // More than the buffers between the two hold.
    const error = { code: 3, message: 'x'.repeat(32 << 20), details: [] };
    const analyze = async () => ({ results: [{ results: [], error }] });
    const running = await start({ analyze });
    const socket = raw(running);
    socket.write(`POST ${restPath} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}`);
    await once(socket, 'readable');
    const stopped = running.network.stop();
    // Several looks at the connections.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const [head = '', body = ''] = (await received(socket)).split('\r\n\r\n');
    expect(body.length).toBe(Number(/content-length: (\d+)/i.exec(head)?.[1]));
    expect(await stopped).toBe(0);
  });

  it('is not held by connections and calls that want nothing', async () => {
    const running = await start();
    const silent = [raw(running), raw(running)];
    silent[1]?.write('GET /healthz HTTP/1.1\r\nHost:');
    const session = http2(running);
    const watch = openCall(session, '/grpc.health.v1.Health/Watch');
    watch.end(framed(Buffer.alloc(0)));
    await once(watch, 'data');
    const closed = silent.map((socket) => once(socket, 'close'));
    const ended = statusOf(watch);
    expect(await running.network.stop()).toBe(0);
    expect((await ended).code).toBe('14');
    await Promise.all(closed);
  });
});

describe('calls that take too long for a server that stops', () => {
  it('are cut and counted', async () => {
    const { analyze, until } = holding();
    const running = await start({ analyze }, {}, { shutdownSeconds: 0.2 });
    const rest = keepAlive(running)(restPath, '{}');
    const grpc = openCall(http2(running), analyzePath);
    grpc.end(framed(Buffer.alloc(0)));
    await until(2);
    const lost = rest.then(
      () => 'answered',
      ({ message }: Error) => message,
    );
    expect(await running.network.stop()).toBe(2);
    expect(await lost).toBe('socket hang up');
    expect((await statusOf(grpc)).code).toBe('');
  });

  it('are cut immediately when asked', async () => {
    const { analyze, until } = holding();
    const running = await start({ analyze }, {}, { shutdownDelaySeconds: 60 });
    keepAlive(running)(restPath, '{}').catch(() => {});
    await until(1);
    const stopped = running.network.stop();
    running.network.cut();
    expect(await stopped).toBe(1);
  });
});

describe('a request that is still arriving when the server stops', () => {
  const pace = { drainSilenceMs: 200, tickMs: 20 };

  it('is dropped when it falls silent, and is not counted', async () => {
    const add = async (items: AsyncIterable<unknown>) => {
      const source = items[Symbol.asyncIterator]();
      while ((await source.next()).done !== true);
    };
    const running = await start({ add }, { pace });
    const socket = raw(running);
    socket.write(`POST ${restPath} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"analyzeSpecs":`);
    const session = http2(running);
    const unary = openCall(session, analyzePath);
    unary.write(framed(Buffer.alloc(1000)).subarray(0, 500));
    const stream = openCall(session, addPath);
    stream.write(framed(Buffer.alloc(10)));
    const answers = Promise.all([received(socket), statusOf(unary), statusOf(stream)]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await running.network.stop()).toBe(0);
    const dropped = { code: '14', message: expect.stringContaining('The server is shutting down') };
    expect(await answers).toEqual([expect.stringMatching(/^HTTP\/1\.1 503 [^]*SHUTTING_DOWN/), dropped, dropped]);
  });

  it('is answered when it goes on to its end', async () => {
    let calls = 0;
    const running = await start({ onCall: () => calls++ }, { pace });
    const socket = raw(running);
    socket.write(`POST ${restPath} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\n`);
    const unary = openCall(http2(running), analyzePath);
    await expect.poll(() => calls).toBe(2);
    const answers = Promise.all([received(socket), statusOf(unary)]);
    const stopped = running.network.stop();
    const body = '{"folderId":""}';
    const message = framed(Buffer.concat([Buffer.from([0x12, 8]), Buffer.alloc(8, 'f')]));
    for (let index = 0; index < message.length; index++) {
      socket.write(body.slice(index, index + 1));
      unary.write(message.subarray(index, index + 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    unary.end();
    expect(await answers).toEqual([expect.stringMatching(/^HTTP\/1\.1 200 /), { code: '0', message: 'OK' }]);
    expect(await stopped).toBe(0);
  });
});
