import type { IncomingMessage } from 'node:http';

/** Twice the largest body of the default limits: who sends more than that does not mean to be answered. */
const maxBytes = 256 << 20;
const maxMs = 30_000;

/**
 * Reads what is still to come of a body and throws it away, up to a bound of bytes and time. A socket that is closed with
 * unread bytes resets the connection, and a client that writes its whole body before it reads never sees the answer.
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
