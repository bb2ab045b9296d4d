import type { IncomingMessage } from 'node:http';

/** Twice the largest body with default limits: a client that sends more does not wait for a response. */
const maxBytes = 256 << 20;
const maxMs = 30_000;

/**
 * Drains the rest of a body, within limits of bytes and time. Closing a socket with unread bytes resets the connection,
 * and a client that writes its whole body before it reads would never see the response.
 */
export function discardBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const done = (): void => {
      clearTimeout(timer);
      request.off('data', count);
      resolve();
    };
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxBytes) done();
    };
    const timer = setTimeout(done, maxMs);
    request.once('end', done);
    request.once('close', done);
    request.on('data', count);
    request.resume();
  });
}
