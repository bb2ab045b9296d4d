import { createServer, type RequestListener, type Server } from 'node:http';
import { Server as NetServer, Socket, type AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ConnectionInjector } from '@grpc/grpc-js';
import { silenceWhenStoppingMs } from '../pipeline/body-watch.js';
import type { Reporting } from '../pipeline/call-report.js';
import type { Address } from '../settings/values.js';
import { atMostEvery } from '../telemetry/at-most-every.js';
import { createErrorAnswer } from './client-error.js';
import { watchDescriptors } from './descriptors.js';
import { HttpConnections } from './http-connections.js';
import { createTlsServer, type TlsFiles } from './tls.js';

/** Connection preface of HTTP/2 with prior knowledge (RFC 9113, 3.4). */
const http2Preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** A connection that sends nothing for this long is closed. Longer than the 60 s for which balancers keep theirs. */
const silenceMs = 75_000;
/** Time for the headers of a request. */
const headersMs = 60_000;
/** Time for a whole request: the largest body at the least rate takes two hours. Whoever reads a body is stricter. */
const requestMs = 7_500_000;
/** How often connections that cannot be accepted are logged. */
const logEveryMs = 60_000;
/** How often connections are looked at when the server stops. */
const closeEveryMs = 100;

/** The server's single port: HTTP/1.1 and gRPC, either in plaintext or over TLS. */
export interface Port {
  /** Starts listening. Resolves to the address. */
  listen(address: Address): Promise<AddressInfo>;
  /** Tells the clients of HTTP/1.1 with every answer to use another connection for their next request. */
  closeAfterAnswers(): void;
  /** Stops accepting connections, and closes those of HTTP/1.1 as they become idle. Resolves when none is left. */
  close(): Promise<void>;
  /** Reloads the TLS files. */
  reload(): Promise<void>;
  /** Closes all connections immediately. */
  destroy(): void;
  /** Connections that are open now, and those that were refused so far because there were too many. */
  readonly connections: { readonly open: number; readonly refused: number };
}

export interface PortOptions extends Reporting {
  /** TLS files, undefined for plaintext. */
  readonly tls: TlsFiles | undefined;
  readonly maxConnections: number;
}

/**
 * Dispatches each connection to the gRPC or the HTTP/1.1 server, by its first bytes.
 * @throws Error if the TLS files are invalid
 */
export async function createPort(http: RequestListener, grpc: ConnectionInjector, options: PortOptions): Promise<Port> {
  const connections = new HttpConnections(http);
  const server = createServer(
    { keepAliveTimeout: silenceMs, headersTimeout: headersMs, requestTimeout: requestMs },
    connections.onRequest,
  );
  // The HTTP server itself listens, so that its timeouts work; only the dispatch precedes it.
  const [serveHttp] = server.listeners('connection');
  if (serveHttp === undefined) throw new Error('node:http has no connection listener');
  server.removeAllListeners('connection');
  server.on('clientError', createErrorAnswer(options));
  const refusals = countRefusals(server, options);
  const sockets = new Set<Socket>();
  /** Those that have not said what they are. */
  const silent = new Set<Socket>();
  const choose = (socket: Socket): void => {
    sniff(socket, (isHttp2) => {
      silent.delete(carrierOf(socket));
      if (isHttp2) {
        // As sockets of an HTTP/2 server are; otherwise a client that is gone would go unnoticed until the next ping.
        socket.allowHalfOpen = false;
        return grpc.injectConnection(socket);
      }
      connections.add(socket);
      serveHttp.call(server, socket);
    });
  };
  const tls = options.tls === undefined ? undefined : await createTlsServer(options.tls, choose);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    silent.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      silent.delete(socket);
    });
    if (tls === undefined) return choose(socket);
    // As sockets of an HTTPS server are; otherwise a disconnect during the handshake would go unnoticed.
    socket.allowHalfOpen = false;
    tls.server.emit('connection', socket);
  });
  return {
    listen: ({ host, port }) => listen(server, host, port),
    closeAfterAnswers: () => connections.closeAfterAnswers(),
    async close() {
      connections.closeAfterAnswers();
      const closing = setInterval(() => connections.closeIdle(closeEveryMs, silenceWhenStoppingMs), closeEveryMs);
      const giveUp = setTimeout(() => destroyAll(silent), silenceWhenStoppingMs);
      await closeListener(server);
      clearInterval(closing);
      clearTimeout(giveUp);
    },
    reload: async () => tls?.reload(),
    destroy: () => destroyAll(sockets),
    get connections() {
      return { open: sockets.size, refused: refusals() };
    },
  };
}

/** Limits the connections, and logs what cannot be accepted. @returns the number of refused connections */
function countRefusals(server: Server, { maxConnections, log }: PortOptions): () => number {
  let refused = 0;
  let cause: unknown;
  const tooMany = atMostEvery(logEveryMs, (connections) =>
    log.error('connections refused: --max-connections is reached', { connections, maxConnections }),
  );
  const tellFailure = atMostEvery(logEveryMs, () => log.error('connections cannot be accepted', { error: cause }));
  const onFailure = (error: unknown): void => {
    cause = error;
    tellFailure();
  };
  server.maxConnections = maxConnections;
  server.on('drop', () => {
    refused++;
    tooMany();
  });
  server.once('listening', () => {
    // Without a listener, the process would end. Open connections go on, and new ones do when the cause is gone.
    server.on('error', onFailure);
    server.once('close', watchDescriptors(onFailure));
  });
  return () => refused;
}

/**
 * The socket that carries a connection: of one with TLS, the one below it, which Node keeps in a private field.
 * @throws Error if the internals of Node have changed
 */
function carrierOf(socket: Socket): Socket {
  if (!(socket instanceof TLSSocket)) return socket;
  const carrier: unknown = Reflect.get(socket, '_parent');
  if (!(carrier instanceof Socket)) throw new Error('node:tls no longer has the socket below its own');
  return carrier;
}

function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.destroy();
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

/** Stops listening. Resolves when the last connection is closed. */
function closeListener(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // That of an HTTP server would first close connections that seem idle to it.
    NetServer.prototype.close.call(server, () => {
      // Ends the timer that looks for slow requests.
      server.close();
      resolve();
    });
  });
}
