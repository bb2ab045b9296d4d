import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that may wait for their answers. Clients that pipeline at all send a handful. */
const maxPipelined = 16;

/** What every answer says: no browser is to guess its type, to run anything in it, or to show it within a page. */
export const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

interface Connection {
  readonly answers: Set<ServerResponse>;
  /** Bytes read when the last answer was sent: more of them belong to the next request. */
  atRest: number;
  /** Bytes read at the last look of `closeIdle`, and for how long there were no others. */
  seen: number;
  silentMs: number;
}

/** The HTTP/1.1 connections of a server. Bounds pipelining, and closes them between requests when the server stops. */
export class HttpConnections {
  readonly #serve: RequestListener;
  readonly #connections = new Map<Socket, Connection>();
  #isClosing = false;

  constructor(serve: RequestListener) {
    this.#serve = serve;
  }

  get count(): number {
    return this.#connections.size;
  }

  add(socket: Socket): void {
    this.#connections.set(socket, { answers: new Set(), atRest: 0, seen: -1, silentMs: 0 });
    socket.once('close', () => this.#connections.delete(socket));
  }

  readonly onRequest: RequestListener = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    const connection = this.#connections.get(socket);
    // Requests may have been parsed together with the one that closed the connection.
    if (connection === undefined || socket.destroyed) return;
    const { answers } = connection;
    if (answers.size >= maxPipelined) return void socket.destroy();
    answers.add(response);
    response.once('close', () => {
      answers.delete(response);
      connection.atRest = socket.bytesRead;
    });
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (this.#isClosing) response.setHeader('connection', 'close');
    this.#serve(request, response);
  };

  /** From now on, every answer closes its connection, so that no client sends another request over it. */
  closeAfterAnswers(): void {
    this.#isClosing = true;
    for (const { answers } of this.#connections.values()) {
      for (const response of answers) if (!response.headersSent) response.setHeader('connection', 'close');
    }
  }

  /**
   * Closes connections without a request, and those whose request stopped arriving. To be called again and again: a
   * connection must be idle twice, with a look at the network in between. `Server.closeIdleConnections` does not look,
   * and takes a connection for idle while its answer is on the way to a slow client.
   * @param passedMs time since the last call
   * @param silenceMs how long a request may stop arriving
   */
  closeIdle(passedMs: number, silenceMs: number): void {
    for (const [socket, connection] of this.#connections) {
      if ([...connection.answers].some(isExpected)) continue;
      const { bytesRead } = socket;
      connection.silentMs = bytesRead === connection.seen ? connection.silentMs + passedMs : 0;
      connection.seen = bytesRead;
      const isIdle = bytesRead === connection.atRest;
      if (connection.silentMs >= (isIdle ? passedMs : silenceMs)) socket.destroy();
    }
  }
}

/** Whether a client waits for this answer. Where it was sent early, the client may still be sending its request. */
function isExpected(response: ServerResponse): boolean {
  return response.req.complete || !response.headersSent;
}
