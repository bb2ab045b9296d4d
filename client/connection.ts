import { credentials, Metadata, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';

export interface VisionClientOptions {
  /** `host:port` */
  readonly endpoint: string;
  /** API key, sent as `Authorization: Api-Key ...`. */
  readonly apiKey?: string;
  /** Token, sent as `Authorization: Bearer ...`. */
  readonly token?: string;
  /** Folder of all requests that name none. */
  readonly folderId?: string;
  /** `true` trusts the usual authorities. `ca` names another one, `cert` and `key` are the client's own; all PEM. */
  readonly tls?: boolean | { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Milliseconds until a call fails with DEADLINE_EXCEEDED. Default 60,000. */
  readonly timeoutMs?: number;
}

export interface CallOptions {
  /** Instead of the client's. */
  readonly timeoutMs?: number;
  /** Cancels the call, here and on the server. */
  readonly signal?: AbortSignal;
}

/** What the clients of all services connect with. */
interface Connection {
  readonly address: string;
  readonly credentials: ChannelCredentials;
  readonly channelOptions: ChannelOptions;
  readonly metadata: Metadata;
  /** When a call that starts now fails, in milliseconds since 1970. */
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
  if (apiKey !== undefined && token !== undefined) throw new TypeError('Give an apiKey or a token, not both');
  if (apiKey !== undefined) return `Api-Key ${apiKey}`;
  return token === undefined ? undefined : `Bearer ${token}`;
}
