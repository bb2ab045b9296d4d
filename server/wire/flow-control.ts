import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/**
 * HTTP/2 flow-control window: the number of bytes that a client may send before they are read. With the default of 64
 * KB, uploading eight images over a 20 ms link takes four seconds. grpc-js 1.14 has options for client windows only, so
 * private fields of its server are set here; a test checks that they still work.
 */
export const receiveWindowBytes = 16 << 20;

/**
 * Raises the window of every stream. Call it before the server accepts connections.
 * @throws Error if the internals of grpc-js have changed
 */
export function raiseStreamWindows(server: Server): void {
  const options: unknown = Reflect.get(server, 'commonServerOptions');
  if (typeof options !== 'object' || options === null) throw new Error('grpc-js no longer has commonServerOptions');
  const settings: unknown = Reflect.get(options, 'settings');
  Reflect.set(options, 'settings', { ...Object(settings), initialWindowSize: receiveWindowBytes });
}

/**
 * Raises the window that all streams of a connection share. Call it after the server has created its connection
 * injector.
 * @throws Error if the internals of grpc-js have changed
 */
export function raiseConnectionWindows(server: Server): void {
  const http2Servers: unknown = Reflect.get(server, 'http2Servers');
  if (!(http2Servers instanceof Map) || http2Servers.size === 0) {
    throw new Error('grpc-js no longer has http2Servers');
  }
  const servers: Iterable<Http2Server> = http2Servers.keys();
  for (const http2 of servers) {
    http2.on('session', (session: ServerHttp2Session) => session.setLocalWindowSize(receiveWindowBytes));
  }
}
