import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/**
 * HTTP/2 lets a client send so many bytes ahead of what was read. The default of 64 KB makes an upload of eight images
 * over a line of 20 ms take four seconds. grpc-js 1.14 has options for the windows of its clients only, so the fields of
 * its server are set here, and a test watches that they still mean what they do.
 */
export const receiveWindowBytes = 16 << 20;

/**
 * Raises the window of every stream. Call it before the server makes its connections.
 * @throws Error where grpc-js has changed inside
 */
export function raiseStreamWindows(server: Server): void {
  const options: unknown = Reflect.get(server, 'commonServerOptions');
  if (typeof options !== 'object' || options === null) throw new Error('grpc-js no longer has commonServerOptions');
  const settings: unknown = Reflect.get(options, 'settings');
  Reflect.set(options, 'settings', { ...Object(settings), initialWindowSize: receiveWindowBytes });
}

/**
 * Raises the window that all streams of a connection share. Call it when the server has made its connection injector.
 * @throws Error where grpc-js has changed inside
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
