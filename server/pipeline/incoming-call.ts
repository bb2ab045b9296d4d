import type { Status } from '../../gen/google/rpc/status.js';

/** What a transport knows of a call before its message is looked at. */
export interface IncomingCall {
  readonly transport: 'grpc' | 'rest';
  /** `host:port` by which the client called us. */
  readonly host: string | undefined;
  /** A header, or metadata of gRPC. @param name in lower case */
  header(name: string): string | undefined;
  /** Fires when the client went away. */
  readonly disconnected: AbortSignal;
  /** When the client stops waiting. */
  readonly deadline: Date | undefined;
}

/** The way out: a response, or the status of the whole request. */
export type Outcome = { readonly headers: Readonly<Record<string, string>> } & (
  | { readonly response: Buffer }
  | { readonly status: Status }
);
