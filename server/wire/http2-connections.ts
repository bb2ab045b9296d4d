import type { Http2Server } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Server } from '@grpc/grpc-js';

/** How long clients may take to learn that they should open no more streams: a round trip, generously. */
const goAwayMs = 500;
/**
 * GOAWAY without an error and with the highest stream ID: streams that are already on their way are served (RFC 9113,
 * 6.8). `Http2Session.goaway` cannot say this: whatever ID it is given, nghttp2 ignores new streams from then on.
 */
const goAwayFrame = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/**
 * The HTTP/2 servers within a gRPC server that has created its connection injector.
 * @throws Error if the internals of grpc-js have changed
 */
export function http2ServersOf(server: Server): Iterable<Http2Server> {
  const http2Servers: unknown = Reflect.get(server, 'http2Servers');
  if (!(http2Servers instanceof Map) || http2Servers.size === 0) {
    throw new Error('grpc-js no longer has http2Servers');
  }
  return http2Servers.keys();
}

/** The open HTTP/2 connections of a server. */
export class Http2Connections {
  readonly #sockets = new Set<Duplex>();
  #onEmpty = (): void => {};

  add(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#onEmpty();
    });
  }

  /** Asks the clients to open no more streams, and waits until they know. */
  async goAway(): Promise<void> {
    if (this.#sockets.size === 0) return;
    // A write of the session is whole frames, so another frame fits between two of them.
    for (const socket of this.#sockets) socket.write(goAwayFrame);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, goAwayMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
