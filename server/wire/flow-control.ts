import { maxHeaderSize } from 'node:http';
import type { Http2Server, ServerHttp2Session, Settings } from 'node:http2';
import { Server as NetServer } from 'node:net';
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
 * Raises the window of every stream. Call it before the server has its connection injector.
 * @throws Error if the internals of grpc-js have changed
 */
export function raiseStreamWindows(server: Server): void {
  addSettings(server, { initialWindowSize: streamWindowBytes });
}

/**
 * Limits the size of all headers of a request together, as the HTTP server does. Call it before the server has its
 * connection injector.
 * @throws Error if the internals of grpc-js have changed
 */
export function limitHeaders(server: Server): void {
  addSettings(server, { maxHeaderListSize: maxHeaderSize });
}

function addSettings(server: Server, added: Settings): void {
  const options: unknown = Reflect.get(server, 'commonServerOptions');
  if (typeof options !== 'object' || options === null) throw new Error('grpc-js no longer has commonServerOptions');
  const settings: unknown = Reflect.get(options, 'settings');
  Reflect.set(options, 'settings', { ...Object(settings), ...added });
}

/** Raises the window that all streams of a connection share. */
export function raiseConnectionWindows(servers: Iterable<Http2Server>): void {
  for (const http2 of servers) {
    http2.on('session', (session: ServerHttp2Session) => session.setLocalWindowSize(connectionWindowBytes));
  }
}

/**
 * The HTTP/2 servers within a gRPC server that has created its connection injector.
 * @throws Error if the internals of grpc-js have changed
 */
export function http2ServersOf(server: Server): Iterable<Http2Server> {
  const http2Servers: unknown = Reflect.get(server, 'http2Servers');
  if (!(http2Servers instanceof Map) || http2Servers.size === 0) {
    throw new Error('grpc-js no longer has http2Servers');
  }
  return [...http2Servers.keys()].filter(isServer);
}

/** Node does not export the class. */
function isServer(value: unknown): value is Http2Server {
  return value instanceof NetServer && 'updateSettings' in value;
}
