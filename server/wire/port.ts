import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionInjector } from '@grpc/grpc-js';
import { Code } from '../../gen/google/rpc/code.js';
import type { Address } from '../settings/values.js';
import { createTlsServer, type TlsFiles } from './tls.js';

/** Connection preface of HTTP/2 with prior knowledge (RFC 9113, 3.4). */
const http2Preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** A connection that sends nothing for this long is closed. */
const silenceMs = 60_000;

/** The server's single port: HTTP/1.1 and gRPC, either in plaintext or over TLS. */
export interface Port {
  /** Starts listening. Resolves to the address. */
  listen(address: Address): Promise<AddressInfo>;
  /** Stops accepting connections. Resolves when the last one is closed. */
  close(): Promise<void>;
  /** Reloads the TLS files. */
  reload(): Promise<void>;
  /** Closes all connections immediately. */
  destroy(): void;
}

/**
 * Dispatches each connection to the gRPC or the HTTP/1.1 server, by its first bytes.
 * @throws Error if the TLS files are invalid
 */
export async function createPort(
  http: RequestListener,
  grpc: ConnectionInjector,
  tlsFiles: TlsFiles | undefined,
): Promise<Port> {
  const server = createServer(http);
  // The HTTP server itself listens, so that its timeouts and graceful shutdown work; only the dispatch precedes it.
  const [serveHttp] = server.listeners('connection');
  if (serveHttp === undefined) throw new Error('node:http has no connection listener');
  server.removeAllListeners('connection');
  server.on('clientError', answerClientError);
  const choose = (socket: Socket): void => {
    sniff(socket, (isHttp2) => {
      if (isHttp2) grpc.injectConnection(socket);
      else serveHttp.call(server, socket);
    });
  };
  const tls = tlsFiles === undefined ? undefined : await createTlsServer(tlsFiles, choose);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (tls === undefined) return choose(socket);
    // As sockets of an HTTPS server are; otherwise a disconnect during the handshake would go unnoticed.
    socket.allowHalfOpen = false;
    tls.server.emit('connection', socket);
  });
  return {
    listen: ({ host, port }) => listen(server, host, port),
    close: () => close(server),
    reload: async () => tls?.reload(),
    destroy: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function sniff(socket: Socket, decide: (isHttp2: boolean) => void): void {
  const giveUp = (): void => void socket.destroy();
  socket.on('error', giveUp);
  // Sockets of an HTTP server stay half open when the client disconnects.
  socket.on('end', giveUp);
  socket.setTimeout(silenceMs, giveUp);
  const onReadable = (): void => {
    // The bytes are put back immediately: the chosen server reads the socket from the start.
    const head: unknown = socket.read();
    if (!Buffer.isBuffer(head)) return;
    socket.unshift(head);
    const compared = Math.min(head.length, http2Preface.length);
    const couldBeHttp2 = head.subarray(0, compared).equals(http2Preface.subarray(0, compared));
    if (couldBeHttp2 && compared < http2Preface.length) return;
    socket.off('readable', onReadable);
    socket.off('error', giveUp);
    socket.off('end', giveUp);
    socket.setTimeout(0);
    socket.removeListener('timeout', giveUp);
    decide(couldBeHttp2);
  };
  socket.on('readable', onReadable);
}

/** Malformed HTTP gets a google.rpc.Status too, if the socket can still be written to. */
function answerClientError(error: Error, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const body = `${JSON.stringify({ code: Code.INVALID_ARGUMENT, message: `Invalid HTTP request: ${error.message}` }, undefined, 1)}\n`;
  const length = Buffer.byteLength(body);
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`,
  );
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The listening socket has no address'));
      else resolve(address);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A keep-alive connection becomes idle only after its current call, so idle connections are closed repeatedly.
    const closeIdle = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearInterval(closeIdle);
      resolve();
    });
    server.closeIdleConnections();
  });
}
