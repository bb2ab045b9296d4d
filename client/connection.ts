import { credentials, Metadata, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';

export interface VisionClientOptions {
  /** `host:port` */
  readonly endpoint: string;
  /** API key, sent as `Authorization: Api-Key ...`. */
  readonly apiKey?: string;
  /** Token, sent as `Authorization: Bearer ...`. */
  readonly token?: string;
  /** Default folder, for requests without `folderId`. */
  readonly folderId?: string;
  /** `true` trusts the default root certificates. `ca` replaces them; `cert` and `key` authenticate the client. All PEM. */
  readonly tls?: boolean | { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Milliseconds until a call fails with DEADLINE_EXCEEDED. Default 60,000. */
  readonly timeoutMs?: number;
}

export interface CallOptions {
  /** Overrides the client's. */
  readonly timeoutMs?: number;
  /** Cancels the call, here and on the server. */
  readonly signal?: AbortSignal;
}

/** A connection that the clients of all services share. */
interface Connection {
  readonly address: string;
  readonly credentials: ChannelCredentials;
  readonly channelOptions: ChannelOptions;
  readonly metadata: Metadata;
  /** Deadline of a call that starts now, in milliseconds since 1970. */
  readonly deadline: (timeoutMs: number | undefined) => number;
}

const defaultTimeoutMs = 60_000;

export function connection(options: VisionClientOptions): Connection {
  const metadata = new Metadata();
  const authorization = authorizationHeader(options);
  if (authorization !== undefined) metadata.set('authorization', authorization);
  return {
    address: options.endpoint,
    credentials: channelCredentials(options.tls),
    channelOptions: {
      // Eight full images go out and long pages come back: the limits are the server's business.
      'grpc.max_send_message_length': -1,
      'grpc.max_receive_message_length': -1,
    },
    metadata,
    deadline: (timeoutMs) => Date.now() + (timeoutMs ?? options.timeoutMs ?? defaultTimeoutMs),
  };
}

function channelCredentials(tls: VisionClientOptions['tls'] = false): ChannelCredentials {
  if (tls === false) return credentials.createInsecure();
  const { ca, cert, key } = tls === true ? {} : tls;
  return credentials.createSsl(ca, key, cert);
}

function authorizationHeader({ apiKey, token }: VisionClientOptions): string | undefined {
  if (apiKey !== undefined && token !== undefined) throw new TypeError('Specify either apiKey or token, not both');
  if (apiKey !== undefined) return `Api-Key ${apiKey}`;
  return token === undefined ? undefined : `Bearer ${token}`;
}
