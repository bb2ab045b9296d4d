import type { Status } from '../../gen/google/rpc/status.js';

/** A call as its transport sees it, before its message is read. */
export interface IncomingCall {
  readonly transport: 'grpc' | 'rest';
  /** `host:port` that the client addressed. */
  readonly host: string | undefined;
  /** A header or gRPC metadata value. @param name in lower case */
  header(name: string): string | undefined;
  /** Fires when the client disconnects. */
  readonly disconnected: AbortSignal;
  /** When the client stops waiting. */
  readonly deadline: Date | undefined;
}

/** Result of a call: a response, or the status of the whole request. */
export type Outcome = { readonly headers: Readonly<Record<string, string>> } & (
  | { readonly response: Buffer }
  | { readonly status: Status }
);
