import type { Status } from '../../gen/google/rpc/status.js';

/** A call as its transport sees it, before its message is read. */
export interface IncomingCall {
  readonly transport: 'grpc' | 'rest';
  /** The HTTP request of a call over REST: GET, POST and so on, and the path template that it matched. */
  readonly http?: { readonly verb: string; readonly route: string };
  /** Code of the status that the transport has sent on its own, if it has: for a message that is too large, for example. */
  readonly sentCode?: () => number | undefined;
  /** `host:port` that the client addressed, as reported by a trusted proxy if there is one. */
  readonly host: string | undefined;
  /** IP address of the client, as reported by trusted proxies if there are any. */
  readonly peer: string | undefined;
  /** A header or gRPC metadata value. @param name in lower case */
  header(name: string): string | undefined;
  /** Fires when the client disconnects. */
  readonly disconnected: AbortSignal;
  /** When the client stops waiting. Reading it throws VisionError MALFORMED_HEADER if the client sent nonsense. */
  readonly deadline: Date | undefined;
}

/** Result of a call: a response, or the status of the whole request. */
export type Outcome = {
  readonly headers: Readonly<Record<string, string>>;
  /** Folder that the caller may use, if there is one. */
  readonly folder?: string | undefined;
  /** How long the stages of the call took, in the format of the Server-Timing header. Absent if it had none. */
  readonly timing?: string | undefined;
} & ({ readonly response: Buffer } | { readonly status: Status });
