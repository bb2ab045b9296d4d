import { once } from 'node:events';
import { createServer, request as httpRequest, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { discardBody } from './discard-body.js';

const megabyte = 1 << 20;
let server: Server;
let client: ClientRequest;
let request: IncomingMessage;

beforeEach(async () => {
  server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  client = httpRequest({ port: typeof address === 'object' ? address?.port : undefined, method: 'POST' });
  client.on('error', () => {});
  const arrived = new Promise<IncomingMessage>((resolve) => server.once('request', resolve));
  client.flushHeaders();
  request = await arrived;
});
afterEach(() => {
  vi.useRealTimers();
  client.destroy();
  server.close();
});

describe('discardBody', () => {
  it('reads to the end of the body', async () => {
    client.end(Buffer.alloc(8 * megabyte));
    await discardBody(request);
    expect(request.complete).toBe(true);
    expect(request.socket.bytesRead).toBeGreaterThan(8 * megabyte);
  });

  it('ends with a client that goes away, and not by its timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    client.write('half');
    const discarded = discardBody(request);
    client.destroy();
    await discarded;
    expect(request.complete).toBe(false);
  });

  it('reads no more than 256 MB', async () => {
    const chunk = Buffer.alloc(16 * megabyte);
    const sender = client;
    const send = (): boolean => sender.destroyed || sender.write(chunk, send);
    send();
    await discardBody(request);
    expect(request.socket.bytesRead).toBeGreaterThan(256 * megabyte);
    expect(request.socket.bytesRead).toBeLessThan(320 * megabyte);
  });

  it('waits no longer than 30 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const discarded = discardBody(request).then(() => 'done');
    vi.advanceTimersByTime(29_999);
    expect(await Promise.race([discarded, new Promise((resolve) => setImmediate(resolve, 'waiting'))])).toBe('waiting');
    vi.advanceTimersByTime(1);
    expect(await discarded).toBe('done');
  });
});
