import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/**
 * HTTP/2 flow-control windows: the number of bytes that a client may send before they are read. With the default of 64
 * KB, uploading eight images over a 20 ms link takes four seconds. The window of a stream is also what it can hold in
 * memory while nobody reads it; that of the connection is not, because Node.js reopens it for everything it receives.
 * grpc-js 1.14 has options for client windows only, so private fields of its server are set here; a test checks that
 * they still work.
 */
export const streamWindowBytes = 2 << 20;
export const connectionWindowBytes = 16 << 20;

/**
 * Raises the window of every stream. Call it before the server accepts connections.
 * @throws Error if the internals of grpc-js have changed
 */
export function raiseStreamWindows(server: Server): void {
  const options: unknown = Reflect.get(server, 'commonServerOptions');
  if (typeof options !== 'object' || options === null) throw new Error('grpc-js no longer has commonServerOptions');
  const settings: unknown = Reflect.get(options, 'settings');
  Reflect.set(options, 'settings', { ...Object(settings), initialWindowSize: streamWindowBytes });
}

/** Raises the window that all streams of a connection share. */
export function raiseConnectionWindows(servers: Iterable<Http2Server>): void {
  for (const http2 of servers) {
    http2.on('session', (session: ServerHttp2Session) => session.setLocalWindowSize(connectionWindowBytes));
  }
}
