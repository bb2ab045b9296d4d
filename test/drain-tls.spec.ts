import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDevCertificates } from '../server/cli/setup/dev-certificates.js';
import { framed } from './grpc-frame.js';
import { openCall, statusOf } from './http2-call.js';
import { analyzePath, startNetwork } from './network.js';

let folder: string;
let files: Awaited<ReturnType<typeof makeDevCertificates>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visiond-drain-'));
  files = await makeDevCertificates(folder, []);
});
afterAll(() => rmSync(folder, { recursive: true }));

it('a server with TLS lets calls of both protocols finish, and is not held by idle connections', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let entered = 0;
  const analyze = async () => {
    entered++;
    await held;
    return { results: [] };
  };
  const tls = { cert: files.cert, key: files.key, clientCa: undefined };
  const { network, port } = await startNetwork({ analyze }, {}, { tls });
  const ca = readFileSync(files.ca);
  const secure = async (): Promise<TLSSocket> => {
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, ALPNProtocols: ['http/1.1'] });
    await once(socket, 'secureConnect');
    return socket;
  };
  const textOf = async (socket: TLSSocket): Promise<string> => Buffer.concat(await socket.toArray()).toString();

  const shakesNoHand = connectTcp(port, '127.0.0.1');
  const silent = await secure();
  const idle = await secure();
  idle.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(idle, 'data');
  const rest = await secure();
  const answer = textOf(rest);
  rest.write('POST /vision/v1/batchAnalyze HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}');
  const session = connectHttp2(`https://localhost:${port}`, { ca });
  const call = openCall(session, analyzePath);
  const status = statusOf(call);
  call.end(framed(Buffer.alloc(0)));
  await expect.poll(() => entered).toBe(2);

  const stopped = network.stop();
  await Promise.all([shakesNoHand, silent, idle].map((socket) => once(socket, 'close')));
  release();
  expect(await answer).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close/i);
  expect((await status).code).toBe('0');
  expect(await stopped).toBe(0);
  session.destroy();
});
